/** The credits open by themselves and would cover much of the map: their button stays. */
export function foldCredits(container: HTMLElement): void {
  const shown = container.querySelector(".maplibregl-ctrl-attrib");
  shown?.classList.remove("maplibregl-compact-show");
  shown?.removeAttribute("open");
}
