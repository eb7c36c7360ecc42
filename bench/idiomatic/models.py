from django.db import models


class Petition(models.Model):
    """What is asked for."""

    slug = models.SlugField(unique=True)

    class Meta:
        app_label = "idiomatic"

    def __str__(self) -> str:
        return self.slug


class Signature(models.Model):
    """One mailbox under one petition."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    email = models.EmailField()
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=10)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "idiomatic"
        constraints = [models.UniqueConstraint(fields=["petition", "email"], name="one_signature_per_mailbox")]

    def __str__(self) -> str:
        return f"signature {self.pk}"
