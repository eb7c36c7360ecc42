# One image for web, worker, beat and the one-time preparation; docker-compose.yml says which is which.
FROM python:3.13-slim AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /house house
WORKDIR /house
COPY --from=builder /venv /venv
# .dockerignore lets in what runs and nothing else.
COPY . .
# The shared volume of static files takes its owner from here.
RUN install -d -o house -g house var/static
USER house
EXPOSE 8000
CMD ["granian", "--host=0.0.0.0", "--port=8000", "--interface=wsgi", "campaign.wsgi:application"]
