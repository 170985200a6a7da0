"""Why an upload is not taken, or not shown."""

from app.kernel.problems import Problem


class ContentNotTaken(Problem):
    """The file is of a kind that is not taken, or not of the kind it is said to be."""

    status = 415
    code = "content-not-taken"
    title = "This kind of file is not taken"
    detail = "Send a JPEG, PNG or WebP picture or a PDF, under its own content type."


class PictureUnreadable(Problem):
    """The picture is broken."""

    status = 422
    code = "picture-unreadable"
    title = "The picture cannot be read"
    detail = "It is damaged or was cut off on its way. Open it to see that it is whole and send it again."


class PictureTooLarge(Problem):
    """The picture has too many pixels."""

    status = 422
    code = "picture-too-large"
    title = "The picture has too many pixels"
    detail = "Send at most 25 megapixels, such as 5000 by 5000."


class UploadsExhausted(Problem):
    """The owner has as many uploads as anybody may have."""

    status = 409
    code = "uploads-exhausted"
    title = "You have no uploads left"
    detail = "Everybody may keep {limit} files. Write to the operators if you need more."


class NotToPublish(Problem):
    """Receipts and evidence are shown to those they are for and to nobody else."""

    status = 409
    code = "not-to-publish"
    title = "This file is not to be published"
    detail = "Upload it as product_image or certificate if everybody may see it."


class StorageFull(Problem):
    """The disk is full."""

    status = 507
    code = "storage-full"
    title = "There is no room left"
    detail = "Nothing was kept. Try again later, or tell the operators."
