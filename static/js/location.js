// Fills in where the visitor is, after they pressed the button and their browser asked them. Typing does the same.
"use strict";

for (const button of document.querySelectorAll("button[data-locate]")) {
  if (!navigator.geolocation) continue;
  const field = document.getElementById(button.dataset.locate);
  const says = button.parentElement.querySelector("[data-locate-says]");
  button.hidden = false;
  button.addEventListener("click", () => {
    says.textContent = "";
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
        button.disabled = false;
        field.focus();
      },
      () => {
        says.textContent = button.dataset.refused;
        button.disabled = false;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
