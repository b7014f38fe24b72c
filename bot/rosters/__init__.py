"""Who is in, what runs, and who may do what, in words for one person. Pure: told what there is, they say it."""
