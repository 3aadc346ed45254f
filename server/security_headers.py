"""What every answer tells the browser to forbid."""

import base64
import hashlib


def content_security_policy(inline_style: str = "") -> str:
    """Allow the service's own files, and one inline style sheet by its hash."""
    digest = base64.b64encode(hashlib.sha256(inline_style.encode()).digest()).decode()
    style = f"style-src 'self' 'sha256-{digest}'; " if inline_style else ""
    return f"default-src 'self'; {style}object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


SECURITY_HEADERS = {
    "Content-Security-Policy": content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
