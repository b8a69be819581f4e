"""What S3 and the way to it refuse, in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from aiohttp import ClientError as HttpError
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

from resonance_core.errors import ConfigError, ResonanceError, StoreError

NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)
AGAIN = "Run the same command again: it goes on where it was, and nothing that was made is lost"
KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names"
CORRECT = f"Correct {KEYS}"
SETTINGS = {
    "SignatureDoesNotMatch": ("the secret key does not belong to the access key", CORRECT),
    "InvalidAccessKeyId": ("the access key is not known there", CORRECT),
    "ExpiredToken": ("the credentials have expired", "Renew them"),
    "InvalidToken": ("the session token is not valid", "Renew or unset AWS_SESSION_TOKEN"),
    "RequestTimeTooSkewed": ("the clock of this machine is wrong", "Set it"),
    "NoSuchBucket": ("there is no such bucket", "Create it, or correct the name"),
    "InvalidBucketName": ("no bucket can have this name", "Correct it"),
    "PermanentRedirect": ("the bucket is in another region", "Set AWS_REGION to its region"),
    "AuthorizationHeaderMalformed": ("the region is wrong", "Set AWS_REGION to the bucket's"),
}
"""By the code of the refusal: what is wrong with the settings, and what to do."""


def code_of(error: BaseException) -> str | None:
    """Return the code of S3's refusal behind an error; None where S3 did not answer."""
    refusal = error if isinstance(error, ClientError) else error.__cause__
    if not isinstance(refusal, ClientError):
        return None
    return str(refusal.response["Error"].get("Code"))


@contextmanager
def s3_errors_in_words(url: str, done: str) -> Iterator[None]:
    """Turn the errors of S3 into words; those of local files pass.

    Args:
        url: What is asked.
        done: What becomes of it: it is ``read`` or ``written``.

    Raises:
        ConfigError: The credentials, the endpoint or the bucket are not what they should be.
        StoreError: There is no answer, or another refusal.
    """
    try:
        yield
    except (BotoCoreError, ClientError, HttpError, OSError) as error:
        of_network = isinstance(error, (HttpError, TimeoutError))
        if isinstance(error, OSError) and not of_network and code_of(error) is None:
            raise
        raise _explained(error, url, done) from error


def _explained(error: Exception, url: str, done: str) -> ResonanceError:
    if isinstance(error, NO_CREDENTIALS):
        return ConfigError(f"there are no credentials for {url} ({error})", f"Set {KEYS}")
    if isinstance(error, ParamValidationError):
        return ConfigError(f"{url} cannot be used ({error})", "Correct the bucket's name")
    code = code_of(error)
    if code in SETTINGS:
        problem, remedy = SETTINGS[code]
        return ConfigError(f"{url} cannot be {done}: {problem} ({code})", remedy)
    if code in ("AccessDenied", "403"):
        return ConfigError(
            f"{url} cannot be {done} with these credentials ({code})",
            "Allow them to list, read, write and delete its objects, or use others",
        )
    if code is not None:
        return StoreError(f"{url} cannot be {done} now ({code}: {error})", AGAIN)
    asked = urlsplit(getattr(error, "kwargs", {}).get("endpoint_url", ""))
    endpoint = f"{asked.scheme}://{asked.netloc}" if asked.netloc else "its endpoint"
    return StoreError(
        f"{url} cannot be {done}: {endpoint} does not answer ({type(error).__name__})",
        f"See that it runs and that AWS_ENDPOINT_URL is right. {AGAIN}",
    )
