"""Identity's refusals."""

from app.kernel.problems import Problem


class Suspended(Problem):
    """An operator suspended the person."""

    leaves_trace = True
    status = 403
    code = "suspended"
    title = "This account is suspended"
    detail = "Write to the operators to learn why and to have it looked at again."


class CredentialsRefused(Problem):
    """What was shown does not prove that one is the person at the address; whether there is one is not told."""

    leaves_trace = True
    status = 401
    code = "credentials-refused"
    title = "This does not let you in"
    detail = "The code or password does not fit this address, or the code is used or too old. Ask for a new code."

    def __init__(self) -> None:
        """Name the scheme, as a 401 must."""
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class RefreshRefused(CredentialsRefused):
    """The refresh token is not, or no longer, good for a session."""

    code = "refresh-refused"
    title = "This session is over"
    detail = "Sign in again."


class DisplayNameMissing(Problem):
    """A new person has not said what to call them."""

    status = 422
    code = "display-name-missing"
    title = "Say what to call you"
    detail = "Nobody has signed in with this address yet. Send the same again with a display_name; the code stays good."


class SecondProofNeeded(Problem):
    """The number was not used for so long that somebody else may have it now."""

    status = 403
    code = "second-proof-needed"
    title = "A code is not enough here"
    detail = (
        "This number was not used for {days} days, and numbers are given to new owners. "
        "Send your password along with the code, or sign in with your e-mail address."
    )


class ReauthenticationNeeded(Problem):
    """The caller proved who they are too long ago for what they ask."""

    status = 403
    code = "reauthentication-needed"
    title = "Confirm that it is you"
    detail = "This needs a code or your password entered within the last {minutes} minutes. Confirm and repeat it."


class SessionNeeded(Problem):
    """An API key was shown for what a person does themselves."""

    status = 403
    code = "session-needed"
    title = "An API key may not do this"
    detail = "Sign in yourself: passwords, addresses and keys are not changed by a key."


class AddressTaken(Problem):
    """Another account has the phone number or e-mail address."""

    status = 409
    code = "address-taken"
    title = "Another account has this address"
    detail = "Sign in with it to use that account, or choose another address."


class OwnSuspension(Problem):
    """An operator tried to suspend themselves."""

    status = 409
    code = "own-suspension"
    title = "You cannot suspend yourself"
    detail = "Ask another operator."
