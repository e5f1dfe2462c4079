"""The errors that a user can cause and mend, as one family.

    ChoraleError             base: one line for the user, exit status 1
    ├── OptionError          an option's value is not allowed; exit status 2
    ├── DataError            a data set is missing, damaged or malformed
    │   └── DownloadError    a download failed
    ├── ReadingError         a music file cannot be read as a chorale
    ├── CheckpointError      a checkpoint is missing, damaged or of another version
    ├── TrainingError        training cannot start or continue
    └── OutputError          a file cannot be written, or would overwrite another

A message states on one line what is wrong, what is allowed and what to do next. The command line
turns an error into text and an exit status in one place; library code never prints or exits.
"""


class ChoraleError(Exception):
    """Base of every error that the user, not the programmer, can mend."""


class OptionError(ChoraleError, ValueError):
    """An option's value is not allowed."""


class DataError(ChoraleError):
    """A data set is missing, damaged or malformed."""


class DownloadError(DataError):
    """A download failed, or the file received is not the requested one."""


class ReadingError(ChoraleError):
    """A music file cannot be read as a chorale."""


class CheckpointError(ChoraleError):
    """A checkpoint is missing, damaged or of another version."""


class TrainingError(ChoraleError):
    """Training cannot start or continue."""


class OutputError(ChoraleError):
    """A file cannot be written, or would overwrite another."""
