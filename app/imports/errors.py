"""The refusals of imports."""

from app.kernel.problems import Problem


class NowhereToShipFrom(Problem):
    """The organization has no open location that goods leave from, so stock would lie nowhere."""

    status = 409
    code = "nowhere-to-ship-from"
    title = "There is no place to ship from"
    detail = "Add a location that your goods are shipped from to the organization, then import the file."


class FileDeleted(Problem):
    """The file was deleted some time after its import."""

    status = 410
    code = "file-deleted"
    title = "The file is no longer kept"
    detail = "Imported files are deleted after {days} days. The list of problems is still there."
