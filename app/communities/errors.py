"""Refusals of communities."""

from app.kernel.problems import Problem


class LastOwner(Problem):
    """Nobody would be left who may do everything."""

    status = 409
    code = "last-owner"
    title = "A community needs an owner"
    detail = "Make another active member an owner first, or hand the community over."


class InvitationNeeded(Problem):
    """The community takes only those whom it invites."""

    status = 409
    code = "invitation-needed"
    title = "This community takes members by invitation"
    detail = "Ask a member to invite you; with a link or code of theirs you accept the invitation itself."


class Banned(Problem):
    """The community does not want this person."""

    status = 403
    code = "banned"
    title = "You are banned from this community"
    detail = "Only its officers can lift the ban. No invitation gets around it."


class RulesChanged(Problem):
    """Other rules were accepted than those in force; `current` says their number."""

    status = 409
    code = "rules-changed"
    title = "These are not the rules in force"
    detail = "Read the rules number {current} and accept those. Number 0 means that there are none."

    def __init__(self, current: int) -> None:
        """Tell which rules are in force."""
        super().__init__(current=current, extensions={"current": current})


class InvitationOver(Problem):
    """A member named by an invitation answers it after its last day."""

    status = 409
    code = "invitation-over"
    title = "This invitation has run out"
    detail = "Ask the community to invite you again."


class InvitationInvalid(Problem):
    """No open invitation is behind what was shown; why not is not told."""

    status = 404
    code = "invitation-invalid"
    title = "This invitation does not work"
    detail = "It is mistyped, used up, withdrawn or too old. Look at it again, or ask for a new one."


class SecretWrong(InvitationInvalid):
    """The secret opens nothing; that it was tried stays counted."""

    leaves_trace = True


class NotPublic(Problem):
    """A member wants to be shown to everyone by a community that shows its members only to each other."""

    status = 409
    code = "not-public"
    title = "This community shows its members to nobody outside"
    detail = "Choose officers or members. Everyone can be chosen only while the community is public."


class RelationExists(Problem):
    """The two communities are that to each other, or one asked for it, already."""

    status = 409
    code = "relation-exists"
    title = "This relation is there or was asked already"
    detail = "Look at the relations of the community: accept what waits there, or end it first."


class ParentTaken(Problem):
    """The chapter belongs to another parent."""

    status = 409
    code = "parent-taken"
    title = "A chapter has one parent"
    detail = "End the chapter's relation with its present parent first."


class ChapterCycle(Problem):
    """The parent would be below its own chapter."""

    status = 409
    code = "chapter-cycle"
    title = "A community cannot be above itself"
    detail = (
        "The parent is a chapter of this chapter already, perhaps through others. End one of those relations first."
    )


class RoleHeld(Problem):
    """Somebody holds the role that is to be deleted, or held it in a term."""

    status = 409
    code = "role-held"
    title = "Somebody holds this role"
    detail = "Take the role from its holders first, then delete it. A role of a term stays: the term tells who held it."


class RoleNameTaken(Problem):
    """The community has a role of this name."""

    status = 409
    code = "role-name-taken"
    title = "There is a role of this name"
    detail = "Give the role another name, or change the one there is."


class ProvesNothing(Problem):
    """The address is no university's that we know, or one that anybody or those who left may have."""

    status = 422
    code = "address-proves-nothing"
    title = "This address proves no studies"
    detail = (
        "Use the address that your university gives its students. If it has none, or we do not know it, ask an officer"
        " of your group for a proof by hand."
    )

    def __init__(self, reason: str) -> None:
        """Tell why."""
        super().__init__(extensions={"reason": reason})


class ProofNeeded(Problem):
    """Somebody wants to be in a class that nothing proves them to be in."""

    status = 409
    code = "proof-needed"
    title = "Nothing proves this yet"
    detail = (
        "Prove an address of a university that this group is for, or ask an officer for a proof by hand. Alumni need"
        " one that has run out, associates none."
    )


class NoStudentGroup(Problem):
    """What only student groups have was asked of another community."""

    status = 409
    code = "no-student-group"
    title = "This community is no student group"
    detail = "Only student groups have classes of members and periods. An owner can make it one."


class PeriodsOverlap(Problem):
    """A period has days of another."""

    status = 409
    code = "periods-overlap"
    title = "There is a period in these days"
    detail = "Let a period begin after the last day of the one before."


class PeriodClosed(Problem):
    """A period has not begun, or is over."""

    status = 409
    code = "period-closed"
    title = "This is not the time to confirm"
    detail = "You can confirm from the first to the last day of the period."


class ConfirmedAlready(Problem):
    """A member confirmed in this period before."""

    status = 409
    code = "confirmed-already"
    title = "You have confirmed in this period"
    detail = "There is nothing more to do. To change your class, set it."


class TermsOverlap(Problem):
    """A term has days of another."""

    status = 409
    code = "terms-overlap"
    title = "There is a term in these days"
    detail = "Let a term begin after the last day of the one before, or withdraw the one that nobody accepted."
