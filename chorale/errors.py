"""What can go wrong through no fault of the program, one family.

    ChoraleError             one line for the user, exit status 1
    ├── OptionError          a value outside its allowed range, exit status 2
    ├── DataError            a data set is missing, damaged or malformed
    │   └── DownloadError    the network, or what came over it, failed
    ├── ReadingError         a music file cannot be read as a four-part chorale
    ├── CheckpointError      a file of weights is missing, damaged or of another version
    ├── TrainingError        a run of training cannot start or go on
    └── OutputError          a file cannot be written, or would overwrite another

A message says what is wrong, what is allowed and what to do next, on one line. The command
line turns it into text and an exit status in one place; library code never prints or exits.
"""


class ChoraleError(Exception):
    """Base of every error that the user, not the programmer, can mend."""


class OptionError(ChoraleError, ValueError):
    """An option's value is outside its allowed range."""


class DataError(ChoraleError):
    """A data set is missing, damaged or malformed."""


class DownloadError(DataError):
    """A download failed, or what arrived is not what was asked for."""


class ReadingError(ChoraleError):
    """A music file cannot be read as a four-part chorale."""


class CheckpointError(ChoraleError):
    """A checkpoint is missing, damaged or of another version."""


class TrainingError(ChoraleError):
    """A run of training cannot start or cannot go on."""


class OutputError(ChoraleError):
    """A file cannot be written where it was asked for."""
