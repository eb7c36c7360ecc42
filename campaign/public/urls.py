"""The addresses of citizens' pages: English as they stand here, Spanish under /es/."""

from django.urls import path

from campaign.public.views import about, confirming, legislators, letters, mail, mine, petitions, treaties

app_name = "public"
_MINE = "my/<str:token>/"
_SIGNED = _MINE + "petitions/<slug:slug>/"

urlpatterns = [
    path("", petitions.home, name="home"),
    path("petitions/<slug:slug>/", petitions.petition, name="petition"),
    path("petitions/<slug:slug>/check-your-mail/", petitions.check_your_mail, name="check_your_mail"),
    path("treaties/<slug:slug>/", treaties.treaty, name="treaty"),
    path("legislators/", legislators.who, name="legislators"),
    path("legislators/address/", legislators.address, name="address"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("not-me/done/", confirming.disowned, name="disowned"),
    path("not-me/<str:token>/", confirming.not_me, name="not_me"),
    path(_MINE, mine.my_page, name="my_page"),
    path(_MINE + "mail/", mine.choose_mail, name="choose_mail"),
    path(_MINE + "data.json", mine.my_data, name="my_data"),
    path(_MINE + "erase/", mine.erase, name="erase"),
    path("erased/", mine.erased, name="erased"),
    path(_SIGNED, mine.signed, name="signed"),
    path(_SIGNED + "confirm/", mine.confirm_here, name="confirm_here"),
    path(_SIGNED + "withdraw/", mine.withdraw, name="withdraw"),
    path(_SIGNED + "letter/", letters.write, name="letter"),
    path(_SIGNED + "letters/", letters.receipts, name="letters"),
    path(_SIGNED + "letters/<uuid:letter_id>/", letters.say, name="say"),
    path("u/<str:word>/", mail.preferences, name="mail_preferences"),
    path("u/<str:word>", mail.preferences),  # as it stands in List-Unsubscribe: a POST gets no redirect
    path("unsubscribe/<str:token>/", mail.unsubscribe, name="unsubscribe"),
    path("privacy/", about.privacy, name="privacy"),
]
