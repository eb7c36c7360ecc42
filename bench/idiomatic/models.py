from django.db import models


class Petition(models.Model):
    """What is asked for."""

    slug = models.SlugField(unique=True)

    class Meta:
        app_label = "idiomatic"

    def __str__(self) -> str:
        return self.slug


class Supporter(models.Model):
    """A person."""

    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "idiomatic"

    def __str__(self) -> str:
        return f"supporter {self.pk}"


class Signature(models.Model):
    """One person under one petition."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "idiomatic"
        constraints = [models.UniqueConstraint(fields=["petition", "supporter"], name="one_signature_each")]

    def __str__(self) -> str:
        return f"signature {self.pk}"
