"""The password of the mail server: out of the environment, a file or the system's keyring, and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from segreport.errors import SettingsError
from segreport.settings import EmailSettings


def password_of(settings: EmailSettings, environ: Mapping[str, str]) -> str | None:
    """Return the password of `settings.username`; None where there is no user, and so nobody logs in.

    The variable comes before the file, and that before the keyring; an empty variable counts as none, as schedulers
    set it for a secret they do not know. Raises SettingsError, which says where to put it, where there is none.
    """
    if settings.username is None:
        return None
    found = environ.get(settings.password_env, "").strip("\r\n")
    if not found and settings.password_file:
        found = _in_file(settings.password_file)
    if not found and settings.keyring:
        found = _in_keyring(settings.host or "", settings.username)
    if not found:
        raise SettingsError(
            f"no password for {settings.username} at {settings.host}: set the environment variable "
            f"{settings.password_env}, or name a file with password_file, or set keyring = true in [email]."
        )
    if not found.isascii():
        raise SettingsError("the password has letters beyond ASCII, which mail servers do not take; set another there.")
    return found


def _in_file(path: Path) -> str:
    """Return the first line of a file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        # without the cause, which would hold the content
        raise SettingsError(f"password_file {path} is no text; write the password into its first line.") from None
    except OSError as error:
        raise SettingsError(
            f"password_file {path} cannot be read ({error.strerror or error}); check its place and who may read it."
        ) from error
    if not lines or not lines[0]:
        raise SettingsError(f"password_file {path} has nothing in its first line, where the password should be.")
    return lines[0]


def _in_keyring(host: str, user: str) -> str:
    """Return what the system's keyring holds for the user at the host, empty where it holds nothing."""
    try:
        keyring = import_module("keyring")
    except ImportError as error:
        raise SettingsError("keyring = true needs one package more: pip install 'segreport[keyring]'.") from error
    try:
        return keyring.get_password(host, user) or ""
    except keyring.errors.KeyringError as error:
        raise SettingsError(
            f"the keyring does not answer ({type(error).__name__}); unlock it, or use password_env or password_file."
        ) from error
