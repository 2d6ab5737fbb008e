import "maplibre-gl/dist/maplibre-gl.css";
import type { Feature, FeatureCollection } from "geojson";
import {
  AttributionControl,
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  type MapMouseEvent,
  setWorkerUrl,
  type StyleSpecification,
} from "maplibre-gl";
// Without its worker's own address MapLibre builds and then shows nothing.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Position } from "../api/types";
import type { Bounds } from "../city/geometry";
import type { MapData } from "../city/map-data";
import { foldCredits } from "./credits-button";
import { cityStyle, COARSE, serviceArea, serviceLayers } from "./city-style";
import { drawIcon, PIXEL_RATIO } from "./draw";
import { drawingLayers, giveHands, type Hands } from "./drawing";
import { lineFeature, type MapVehicle, pointFeature, vehicleFeature } from "./features";
import { onThemeChange, readPalette, reducedMotion } from "./palette";
import { reachLayers } from "./reach-layers";
import { tourLayers } from "./tour-layers";
import { clusterLayers, guideLayers, vehicleLayers } from "./vehicle-layers";

setWorkerUrl(workerUrl);

export type Options = {
  container: HTMLElement;
  label: string;
  centre: Position;
  zoom: number;
  data: MapData;
  /** Whom the map's facts come from, with their licences. */
  credits: string[];
  /** A style of real streets to lay the service over, instead of the quiet background of the city file. */
  styleUrl: string | null;
  clustered: boolean;
  onpick: (id: string) => void;
  /** A station, by its code. */
  onstation?: (code: string) => void;
  /** The person has moved the map and let go. */
  onmoved: (centre: Position) => void;
  /** The map shows something else now, whoever moved it. */
  onview?: (view: Bounds) => void;
};

type Padding = { top: number; right: number; bottom: number; left: number };

/** Room around what is shown: a vehicle's size, and the floating buttons above. */
const VEHICLE_PX = { top: 96, right: 40, bottom: 40, left: 40 };

const duration_ms = (wanted: number) => (reducedMotion() ? 0 : wanted);
const empty = (): FeatureCollection => ({ type: "FeatureCollection", features: [] });
const SOURCES = ["service", "reach", "tours", "vehicles", "chosen", "guide", "drawing"] as const;
type SourceName = (typeof SOURCES)[number];

/** The one place that knows MapLibre. What is shown is kept here, so that a new style or theme shows it again. */
export class CityMap {
  readonly #map: MapLibre;
  readonly #shown: Record<SourceName, FeatureCollection>;
  readonly #forgetTheme: () => void;
  #data: MapData;
  #padding: Padding = { top: 0, right: 0, bottom: 0, left: 0 };
  #view: { places: readonly Position[]; maxZoom: number } | null = null;
  #palette = readPalette();

  constructor(private readonly options: Options) {
    this.#data = options.data;
    this.#shown = {
      service: options.data.service,
      reach: empty(),
      tours: empty(),
      vehicles: empty(),
      chosen: empty(),
      guide: empty(),
      drawing: empty(),
    };
    this.#map = new MapLibre({
      container: options.container,
      style: this.#style(),
      center: [options.centre.lon, options.centre.lat],
      zoom: options.zoom,
      minZoom: 8,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      locale: { "Map.Title": options.label },
      fadeDuration: duration_ms(200),
    });
    this.#map.touchZoomRotate.disableRotation();
    const credits = new AttributionControl({ compact: true, customAttribution: options.credits });
    this.#map.addControl(credits, "top-left");
    this.#map.setMissingStyleImageResolver((id) => this.#draw(id));
    this.#map.on("style.load", () => this.#lay());
    this.#map.once("idle", () => {
      options.container.setAttribute("data-idle", "");
      foldCredits(options.container);
      this.#tellView();
    });
    this.#listen();
    this.#forgetTheme = onThemeChange(() => this.#repaint());
  }

  remove(): void {
    this.#forgetTheme();
    this.#map.remove();
  }

  showCity(data: MapData): void {
    this.#data = data;
    void this.#map.getSource<GeoJSONSource>("city")?.setData(data.background);
    this.#show("service", data.service.features);
  }

  showVehicles(vehicles: readonly MapVehicle[]): void {
    this.#show("vehicles", vehicles.map(vehicleFeature));
  }

  showChosen(vehicle: MapVehicle | null): void {
    this.#show("chosen", vehicle ? [vehicleFeature(vehicle)] : []);
  }

  /** The ways of a night's crews and their stops; see `GET /v1/night-plans/{plan_id}/map`. */
  showTours(features: readonly Feature[]): void {
    this.#show("tours", [...features]);
  }

  /** How far some minutes of walking reach, the largest ring first; see `GET /v1/cities/{city}/isochrones`. */
  showReach(rings: readonly Feature[]): void {
    this.#show("reach", [...rings]);
  }

  /** What is being drawn: its outline, and the handles that `hands` may take hold of. */
  showDrawing(features: readonly Feature[]): void {
    this.#show("drawing", [...features]);
  }

  /** Lets the person draw, until the returned function is called. */
  draw(hands: Hands): () => void {
    return giveHands(this.#map, hands);
  }

  /** Where the person is, and the line to the vehicle they walk to. */
  showGuide({ me, to }: { me: Position | null; to: Position | null }): void {
    if (!me) return this.#show("guide", []);
    const line = to ? [lineFeature(me, to)] : [];
    this.#show("guide", [...line, pointFeature(me, { part: "me" })]);
  }

  centre(): Position {
    const { lng: lon, lat } = this.#map.getCenter();
    return { lon, lat };
  }

  /** The part of the map that is covered. What was to be in view stays so; else the centre stays the centre. */
  setPadding(padding: Padding): void {
    this.#padding = padding;
    if (this.#view) this.fit(this.#view.places, this.#view.maxZoom);
    else this.#map.easeTo({ padding, duration: duration_ms(250) });
  }

  flyTo(to: Position, zoom?: number): void {
    this.fit([to], zoom ?? this.#map.getZoom());
  }

  /** Moves so that all places are in the free part of the map, until the person moves it. */
  fit(places: readonly Position[], maxZoom = 15.5): void {
    this.#view = { places, maxZoom };
    this.#takePadding();
    const lons = places.map((place) => place.lon);
    const lats = places.map((place) => place.lat);
    this.#map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], {
      padding: places.length > 1 ? VEHICLE_PX : 0,
      maxZoom,
      duration: duration_ms(500),
    });
  }

  /** The point under the new middle becomes the centre: nothing jumps before a move begins. */
  #takePadding(): void {
    const { clientWidth, clientHeight } = this.options.container;
    const { left, right, top, bottom } = this.#padding;
    const middle: [number, number] = [(clientWidth + left - right) / 2, (clientHeight + top - bottom) / 2];
    this.#map.jumpTo({ center: this.#map.unproject(middle), padding: this.#padding });
  }

  #style(): StyleSpecification | string {
    return this.options.styleUrl ?? cityStyle(this.#data.background, this.#palette);
  }

  /** Lays the service's sources and layers over a style that has just been loaded. */
  #lay(): void {
    for (const name of SOURCES) {
      this.#map.addSource(name, { type: "geojson", data: this.#shown[name], ...this.#tiling(name) });
    }
    const firstBorder = this.options.styleUrl === null ? "commune-borders" : undefined;
    if (firstBorder) this.#map.addLayer(serviceArea(this.#palette), firstBorder);
    const layers: LayerSpecification[] = [
      ...reachLayers(this.#palette),
      ...serviceLayers(this.#palette),
      ...tourLayers(this.#palette),
      ...guideLayers(this.#palette),
      ...(this.options.clustered ? clusterLayers() : []),
      ...vehicleLayers(this.#palette),
      ...drawingLayers(this.#palette),
    ];
    for (const layer of layers) this.#map.addLayer(layer);
  }

  #tiling(name: SourceName) {
    if (name === "service") return COARSE;
    if (name !== "vehicles") return {};
    // Each tile has a picture of all its vehicles' icons, made anew whenever one of them moves: few tiles, few pictures.
    return this.options.clustered ? CLUSTERED : COARSE;
  }

  #repaint(): void {
    this.#palette = readPalette();
    for (const id of this.#map.listImages()) if (drawIcon(id, this.#palette)) this.#map.removeImage(id);
    this.#map.setStyle(this.#style(), { diff: false });
  }

  #draw(id: string): void {
    const image = drawIcon(id, this.#palette);
    if (image && !this.#map.hasImage(id)) this.#map.addImage(id, image, { pixelRatio: PIXEL_RATIO });
  }

  #show(name: SourceName, features: Feature[]): void {
    this.#shown[name] = { type: "FeatureCollection", features };
    void this.#map.getSource<GeoJSONSource>(name)?.setData(this.#shown[name]);
  }

  #listen(): void {
    for (const layer of ["vehicles", "chosen"]) {
      this.#map.on("click", layer, (event) =>
        this.options.onpick(String(event.features?.[0]?.properties["id"])),
      );
    }
    this.#map.on("click", "clusters", (event) => void this.#open(event));
    if (this.options.onstation) this.#map.on("click", "stations", (event) => this.#pickStation(event));
    for (const layer of ["vehicles", "clusters"]) {
      this.#map.on("mouseenter", layer, () => (this.#map.getCanvas().style.cursor = "pointer"));
      this.#map.on("mouseleave", layer, () => (this.#map.getCanvas().style.cursor = ""));
    }
    this.#map.on("moveend", (event) => {
      this.#tellView();
      if (!event.originalEvent) return;
      this.#view = null;
      this.options.onmoved(this.centre());
    });
  }

  #tellView(): void {
    const bounds = this.#map.getBounds();
    this.options.onview?.({
      west: bounds.getWest(),
      south: bounds.getSouth(),
      east: bounds.getEast(),
      north: bounds.getNorth(),
    });
  }

  /** A vehicle that stands at the station lies on top of it and is what was meant. */
  #pickStation(event: MapMouseEvent & { features?: Feature[] }): void {
    const over = this.#map.queryRenderedFeatures(event.point, { layers: ["vehicles", "chosen"] });
    const code: unknown = event.features?.[0]?.properties?.["code"];
    if (over.length === 0 && typeof code === "string") this.options.onstation?.(code);
  }

  async #open(event: MapMouseEvent): Promise<void> {
    const [cluster] = this.#map.queryRenderedFeatures(event.point, { layers: ["clusters"] });
    const source = this.#map.getSource<GeoJSONSource>("vehicles");
    if (!cluster || !source) return;
    const zoom = await source.getClusterExpansionZoom(Number(cluster.properties["cluster_id"]));
    this.flyTo({ lon: event.lngLat.lng, lat: event.lngLat.lat }, zoom + 0.3);
  }
}

const CLUSTERED = {
  cluster: true,
  clusterRadius: 44,
  clusterMaxZoom: 15,
  clusterProperties: {
    mopeds: ["+", ["case", ["==", ["get", "mode"], "car-share"], 0, 1]],
    cars: ["+", ["case", ["==", ["get", "mode"], "car-share"], 1, 0]],
  },
};
