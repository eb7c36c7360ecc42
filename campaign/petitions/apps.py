from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    """What we ask for, who asks with us, and how many."""

    name = "campaign.petitions"

    def ready(self) -> None:
        """Tell the rooms downstairs what this one adds to their work."""
        from campaign.delivery import recipes as mailroom
        from campaign.delivery import reporting
        from campaign.petitions import linking, recipes, signing, unsubscribing
        from campaign.petitions.disclosing import mails_to, signatures_of, stops_of
        from campaign.petitions.erasing import erase_signatures
        from campaign.supporters import disclosing, erasing

        mailroom.register(signing.CONFIRM, recipes.confirm_signature)
        mailroom.register(signing.ALREADY_SIGNED, recipes.already_signed)
        mailroom.register("signed", recipes.signed)
        mailroom.register(linking.RECIPE, linking.mail_of)
        reporting.on_unsubscribe(unsubscribing.stop_by_mail)
        erasing.first(erase_signatures)
        disclosing.add("signatures", signatures_of)
        disclosing.add("mails", mails_to)
        disclosing.add("stopped_mail", stops_of)
