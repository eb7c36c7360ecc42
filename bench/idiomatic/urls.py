from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import generics, serializers, status
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from bench.idiomatic.models import Petition, Signature, Supporter
from bench.idiomatic.tasks import send_confirmation


class SupporterSerializer(serializers.ModelSerializer):
    class Meta:
        model = Supporter
        fields = ["given_name", "family_name", "email", "state", "postal_code"]
        extra_kwargs = {"email": {"validators": []}}  # somebody who signs a second petition is welcome


class SignatureCreate(generics.CreateAPIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]
    serializer_class = SupporterSerializer

    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        petition = get_object_or_404(Petition, slug=kwargs["slug"])
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        typed = serializer.validated_data
        with transaction.atomic():
            supporter, _ = Supporter.objects.get_or_create(email=typed["email"], defaults=typed)
            signature, made = Signature.objects.get_or_create(petition=petition, supporter=supporter)
        if made:
            send_confirmation.delay(signature.pk)
        return Response(serializer.data, status=status.HTTP_202_ACCEPTED)


urlpatterns = [path("petitions/<slug:slug>/signatures", SignatureCreate.as_view())]
