"""The doors by subject: what a person asks is read, authorised, written down and set going."""
