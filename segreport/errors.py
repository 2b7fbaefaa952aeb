"""What segreport says when it cannot go on: one sentence with the place, the problem and the way out."""


class SegreportError(Exception):
    """A problem the user can mend; its text is the whole message, shown without a traceback (exit 1)."""


class InputError(SegreportError):
    """The data, or a column choice made for it, cannot be used."""


class FlagError(SegreportError):
    """A flag of the command line has a value that cannot be used (exit 2)."""


class SettingsError(SegreportError):
    """A setting in segreport.toml, or a combination of settings, cannot be used."""
