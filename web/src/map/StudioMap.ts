import "maplibre-gl/dist/maplibre-gl.css";
import type { Feature, FeatureCollection } from "geojson";
import {
  AttributionControl,
  type GeoJSONSource,
  Map as MapLibre,
  type MapMouseEvent,
  type MapTouchEvent,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Position } from "../api/types";
import type { MapData } from "../city/map-data";
import { foldCredits } from "./credits-button";
import { cityStyle } from "./city-style";
import { onThemeChange, readPalette, reducedMotion } from "./palette";
import { reachLayers } from "./reach-layers";
import { peopleLayers, replayLayers, siteLayers } from "./studio-layers";

setWorkerUrl(workerUrl);

export type StudioOptions = {
  container: HTMLElement;
  label: string;
  data: MapData;
  credits: string[];
  /** What is in view at first. */
  places: readonly Position[];
  onchoose: (key: string) => void;
  /** While a hand drags a station; never for one that may not be moved. */
  ondrag: (key: string, to: Position) => void;
  maydrag: (key: string) => boolean;
};

const SOURCES = ["reach", "people", "candidates", "stations", "replay"] as const;
type SourceName = (typeof SOURCES)[number];
const empty = (): FeatureCollection => ({ type: "FeatureCollection", features: [] });
const ROOM_PX = 60;

/** The map of the drawing table. What is shown is kept here, so that a new theme shows it again. */
export class StudioMap {
  readonly #map: MapLibre;
  readonly #forgetTheme: () => void;
  readonly #shown = Object.fromEntries(SOURCES.map((name) => [name, empty()])) as Record<
    SourceName,
    FeatureCollection
  >;
  #palette = readPalette();

  constructor(private readonly options: StudioOptions) {
    this.#map = new MapLibre({
      container: options.container,
      style: cityStyle(options.data.background, this.#palette),
      bounds: boundsOf(options.places),
      fitBoundsOptions: { padding: ROOM_PX },
      minZoom: 8,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      locale: { "Map.Title": options.label },
      fadeDuration: reducedMotion() ? 0 : 200,
    });
    const credits = new AttributionControl({ compact: true, customAttribution: options.credits });
    this.#map.addControl(credits, "top-right");
    this.#map.on("style.load", () => this.#lay());
    this.#map.once("idle", () => {
      options.container.setAttribute("data-idle", "");
      foldCredits(options.container);
    });
    this.#listen();
    this.#forgetTheme = onThemeChange(() => {
      this.#palette = readPalette();
      this.#map.setStyle(cityStyle(options.data.background, this.#palette), { diff: false });
    });
  }

  remove(): void {
    this.#forgetTheme();
    this.#map.remove();
  }

  show(name: SourceName, features: Feature[]): void {
    this.#shown[name] = { type: "FeatureCollection", features };
    void this.#map.getSource<GeoJSONSource>(name)?.setData(this.#shown[name]);
  }

  centre(): Position {
    const { lng: lon, lat } = this.#map.getCenter();
    return { lon, lat };
  }

  /** Into view, if it is not there. */
  see({ lon, lat }: Position): void {
    if (!this.#map.getBounds().contains([lon, lat]))
      this.#map.easeTo({ center: [lon, lat], duration: reducedMotion() ? 0 : 400 });
  }

  #lay(): void {
    for (const name of SOURCES) this.#map.addSource(name, { type: "geojson", data: this.#shown[name] });
    const layers = [peopleLayers, reachLayers, siteLayers, replayLayers].flatMap((of) => of(this.#palette));
    for (const layer of layers) this.#map.addLayer(layer);
  }

  #listen(): void {
    const canvas = this.#map.getCanvas();
    this.#map.on("mouseenter", "stations", () => (canvas.style.cursor = "grab"));
    this.#map.on("mouseleave", "stations", () => (canvas.style.cursor = ""));
    this.#map.on("mousedown", "stations", (event) => this.#grab(event, "mousemove", "mouseup"));
    this.#map.on("touchstart", "stations", (event) => {
      if (event.points.length === 1) this.#grab(event, "touchmove", "touchend");
    });
  }

  /** From the moment a station is held until it is let go the map stays where it is. */
  #grab(
    event: { preventDefault(): void; features?: Feature[] },
    moving: "mousemove" | "touchmove",
    end: "mouseup" | "touchend",
  ): void {
    const key = String(event.features?.[0]?.properties?.["key"]);
    event.preventDefault();
    this.options.onchoose(key);
    if (!this.options.maydrag(key)) return;
    const drag = ({ lngLat, originalEvent }: MapMouseEvent | MapTouchEvent) => {
      // Let go beside the map, which heard nothing of it.
      if ("buttons" in originalEvent && originalEvent.buttons === 0) this.#map.off(moving, drag);
      else this.options.ondrag(key, { lon: lngLat.lng, lat: lngLat.lat });
    };
    this.#map.on(moving, drag);
    this.#map.once(end, () => this.#map.off(moving, drag));
  }
}

function boundsOf(places: readonly Position[]): [number, number, number, number] {
  const [lons, lats] = [places.map(({ lon }) => lon), places.map(({ lat }) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
