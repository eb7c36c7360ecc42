"""The addresses of the desk."""

from django.urls import path

from campaign.dashboard import (
    data,
    drafts,
    exports,
    letter_templates,
    numbers,
    offices,
    petitions,
    position_sheets,
    positions,
    signatures,
    stages,
    today,
    treaties,
)

app_name = "dashboard"
urlpatterns = [
    path("", today.today, name="today"),
    path("deliveries/", today.deliveries, name="deliveries"),
    path("petitions/new/", drafts.create, name="new_petition"),
    path("petition-preview/", drafts.preview, name="preview_petition"),
    path("petitions/<slug:slug>/", petitions.show, name="petition"),
    path("petitions/<slug:slug>/edit/", drafts.edit, name="edit_petition"),
    path("petitions/<slug:slug>/edit/<slug:language>/", drafts.translate, name="translate_petition"),
    path("petitions/<slug:slug>/open/", petitions.open_it, name="open_petition"),
    path("petitions/<slug:slug>/close/", petitions.close_it, name="close_petition"),
    path("petitions/<slug:slug>/letter-templates/", letter_templates.index, name="letter_templates"),
    path("petitions/<slug:slug>/letter-templates/new/", letter_templates.create, name="new_letter_template"),
    path("petitions/<slug:slug>/letter-templates/preview/", letter_templates.preview, name="preview_letter_template"),
    path("letter-templates/<int:pk>/", letter_templates.edit, name="letter_template"),
    path("letter-templates/<int:pk>/retire/", letter_templates.retire, name="retire_letter_template"),
    path("petitions/<slug:slug>/signatures/", signatures.index, name="signatures"),
    path("signatures/<uuid:pk>/<slug:decision>/", signatures.decide, name="decide"),
    path("petitions/<slug:slug>/export/", exports.ask, name="ask_for_export"),
    path("exports/<int:pk>/", exports.show, name="export"),
    path("exports/<int:pk>/progress.json", exports.progress, name="export_progress"),
    path("exports/<int:pk>/signatures.csv", exports.download, name="export_download"),
    path("treaties/", treaties.index, name="treaties"),
    path("treaties/<slug:slug>/", treaties.show, name="treaty"),
    path("treaties/<slug:slug>/number/", numbers.number, name="number_treaty"),
    path("treaties/<slug:slug>/stages/", stages.enter, name="enter_stage"),
    path("treaties/<slug:slug>/stages/<int:pk>/retract/", stages.retract, name="retract_stage"),
    path("treaties/<slug:slug>/positions.csv", position_sheets.download, name="positions_csv"),
    path("treaties/<slug:slug>/positions/import/", position_sheets.bring_in, name="import_positions"),
    path("treaties/<slug:slug>/positions/<slug:bioguide_id>/", positions.edit, name="position"),
    path("data/", data.show, name="data"),
    path("offices/", offices.index, name="offices"),
    path("offices/<int:pk>/", offices.address, name="office"),
]
