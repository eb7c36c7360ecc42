"""What people agreed to, word for word. A published wording is never changed: a new one gets a new name."""

from django.utils.translation import gettext_lazy as _

UPDATES = "updates-2026-11"
LETTERS = "letters-2026-11"

WORDINGS = {
    UPDATES: _("E-mail me updates about this petition. I can stop them at any time."),
    LETTERS: _(
        "Send these letters to the offices of my senators in my name, with my name, e-mail address and ZIP code."
    ),
}
