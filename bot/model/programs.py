"""Names of programs, as people, guests and their operating systems write them."""


def program(name: str) -> str:
    """The one name of a program that may be written in several ways: Windows ignores case, and appends ``.exe``."""
    return name.casefold().removesuffix(".exe")
