from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters from constituents to the seats that speak for them."""

    name = "campaign.letters"

    def ready(self) -> None:
        """Tell the rooms downstairs what this one adds to their work."""
        from campaign.delivery import recipes as mailroom
        from campaign.letters import reminding
        from campaign.letters.channels import email
        from campaign.letters.disclosing import letters_of
        from campaign.letters.erasing import erase_letters, forget_letters
        from campaign.petitions import forgetting
        from campaign.supporters import disclosing, erasing

        mailroom.register(email.RECIPE, email.mail_of)
        mailroom.register(reminding.RECIPE, reminding.mail_of)
        erasing.first(erase_letters)
        forgetting.first(forget_letters)
        disclosing.add("letters", letters_of)
