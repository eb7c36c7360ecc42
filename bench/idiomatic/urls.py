from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from bench.idiomatic.models import Petition, Signature
from bench.idiomatic.tasks import send_confirmation


class SignatureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Signature
        fields = ["given_name", "family_name", "email", "state", "postal_code", "comment"]


class SignatureCreate(generics.CreateAPIView):
    serializer_class = SignatureSerializer

    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        petition = get_object_or_404(Petition, slug=kwargs["slug"])
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        typed = serializer.validated_data
        signature, made = Signature.objects.get_or_create(petition=petition, email=typed["email"], defaults=typed)
        if made:
            send_confirmation.delay(signature.pk)
        return Response(serializer.data, status=status.HTTP_202_ACCEPTED)


urlpatterns = [path("petitions/<slug:slug>/signatures", SignatureCreate.as_view())]
