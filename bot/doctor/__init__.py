"""What a newcomer gets wrong, looked at: each module has the lines about one thing, ``bot.roles.doctor`` lists them."""
