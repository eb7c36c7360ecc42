"""The addresses of the desk."""

from django.urls import path

from campaign.dashboard import drafts, exports, letter_templates, offices, petitions, signatures, today

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
    path("offices/", offices.index, name="offices"),
    path("offices/<int:pk>/", offices.address, name="office"),
]
