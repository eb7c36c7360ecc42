from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Updates from organizers to the people who asked for them."""

    name = "campaign.mailings"

    def ready(self) -> None:
        """Tell the rooms downstairs what this one adds to their work."""
        from campaign.delivery import recipes as mailroom
        from campaign.delivery import reconciling, reporting
        from campaign.mailings import finishing, recipes, restoring, starting, testing
        from campaign.mailings.disclosing import updates_of
        from campaign.supporters import disclosing

        mailroom.register_many(starting.RECIPE, recipes.mails)
        mailroom.register(testing.RECIPE, testing.mail_of)
        mailroom.register(finishing.PAUSED, finishing.mail_of)
        reporting.lists_of(recipes.list_of)
        disclosing.add("updates", updates_of)
        reconciling.before_sending("mailings_unscheduled", restoring.take_back_schedules)
