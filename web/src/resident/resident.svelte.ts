import { Attempt } from "../api/attempt.svelte";
import { answered, serverNow, service } from "../api/client";
import { CallFailed, type Failure, failureOf } from "../api/failure";
import type { EndCheck, NearbyVehicle, Position } from "../api/types";
import { Around } from "../booking/around.svelte";
import { ALL, listed } from "../booking/around";
import { journey } from "../booking/journey.svelte";
import { isRefused } from "../booking/late-end";
import { parkingPhotos } from "../booking/parking-photo.svelte";
import { plateOf } from "../booking/plate";
import type { Ride } from "../booking/ride";
import { usual } from "../booking/usual.svelte";
import { type Located, meIn, originFrom } from "../city/origin";
import { locate, mayLocate, Place } from "../city/place.svelte";
import type { AboutVehicle } from "../fleet/damage-report.svelte";
import { language } from "../i18n/locale.svelte";
import { NEEDS_WALLET } from "../payments/wallet";
import { notices } from "../riders/notices.svelte";
import { places } from "../riders/places.svelte";
import { openedFrom } from "../riders/push";
import { session } from "../riders/session.svelte";

/** What lies over the map and its sheet. */
export type Dialog =
  | { kind: "sign_in"; reserve: NearbyVehicle | null; then?: Dialog }
  | { kind: "profile"; vehicle: NearbyVehicle }
  | { kind: "menu" }
  | { kind: "damage"; about: AboutVehicle }
  | { kind: "plate"; plate: string }
  | { kind: "places" }
  | { kind: "help" }
  | { kind: "notices" }
  | { kind: "rides" }
  | { kind: "ahead" }
  | { kind: "family" }
  | { kind: "data" }
  | { kind: "wallet"; why: string | null }
  | null;

/** Plates are looked up from beside the vehicle only: without a position nobody is asked. */
const NOWHERE = { status: 0, code: "position_unknown", facts: {} };

/** The resident's page: what is shown, and what the person asks for. */
export class Resident {
  readonly place = new Place();
  readonly around = new Around();
  /** Opening the page, searching: shown on the list. */
  readonly looking = new Attempt();
  /** Reserving, riding, ending: shown beside the button that was tapped. */
  readonly acting = new Attempt();

  located = $state<Located>({ kind: "unasked" });
  searched = $state<Position | null>(null);
  type = $state(ALL);
  chosen_id = $state<string | null>(null);
  dialog = $state<Dialog>(null);
  /** The rider says where the vehicle stands; `picked` when the map decides instead of the device. */
  ending = $state<{ at: Position; by: "device" | "map" } | null>(null);
  /** Whether the ride could end there, as the service last said of that very place. */
  check = $state.raw<EndCheck | null>(null);
  note = $state<
    "hold_over" | "hold_cancelled" | "hold_cancelled_paid" | "session_expired" | "vehicle_gone" | null
  >(null);

  vehicles = $derived(listed(this.around.vehicles ?? [], this.type));
  chosen = $derived(this.around.vehicles?.find((each) => each.vehicle_id === this.chosen_id) ?? null);
  origin = $derived(this.place.city ? originFrom(this.located, this.searched, this.place.city) : null);
  me = $derived(this.place.city ? meIn(this.located, this.place.city.bounds) : null);

  open(): Promise<boolean> {
    return this.looking.run("open", async () => {
      const known = session.load(null);
      known.catch(() => {}); // heard below, once there is a town to show
      await this.place.loadFacts();
      journey.recall();
      await parkingPhotos.recall();
      await Promise.all([this.#search(), this.place.loadMap(), known.then(() => this.#resume())]);
      if (await mayLocate()) void this.locate();
    });
  }

  /** Where the person stands with us, once it is known who they are. */
  async #resume(): Promise<void> {
    if (session.account)
      await Promise.all([
        session.loadObstacles(this.place.city?.id ?? ""),
        journey.refresh(),
        this.#loadOwn(),
      ]);
    else journey.close(); // a wish to end still stands: its rider signs in and it is sent
  }

  /** What makes the page theirs, and what it does without where it cannot be had. */
  async #loadOwn(): Promise<void> {
    const city = this.place.city?.id;
    await Promise.all([places.load(), city ? usual.load(city) : null]).catch(() => {});
  }

  /** What an address of ours asked for: a notification's page, a vehicle's code. */
  follow(search: string): void {
    const opened = openedFrom(search);
    const plate = plateOf(search);
    if (plate !== null) this.show({ kind: "plate", plate });
    else if (opened === "wallet") this.show({ kind: opened, why: null });
    else if (opened !== null) this.show({ kind: opened });
  }

  /** For somebody who is signed in; whoever is not signs in first. */
  show(asked: Dialog): void {
    this.dialog = session.account ? asked : { kind: "sign_in", reserve: null, then: asked };
  }

  /** So many things lie over the map; see `closeTop`. */
  depth = $derived((this.dialog ? 1 : 0) + (this.ending || this.chosen_id !== null ? 1 : 0));

  /** What lies on top goes, as its own button would do. */
  closeTop(): void {
    if (this.dialog) this.dialog = null;
    else if (this.ending) this.keepRiding();
    else this.chosen_id = null;
  }

  keepRiding(): void {
    this.ending = null;
    this.acting.dismiss();
    journey.takeBackEnd();
  }

  /** Around a place of theirs, wherever they are now. */
  searchAt(position: Position): Promise<boolean> {
    this.searched = position;
    return this.search();
  }

  /** The vehicle in front of the person; whatever they had searched for, it is shown. */
  async findPlate(plate: string): Promise<boolean> {
    const city = this.place.city?.id;
    return this.acting.run("plate", async () => {
      this.located = await locate();
      if (!city || !this.me)
        throw new CallFailed({ kind: "refused", ...NOWHERE, sentence: language.t.plate_nowhere });
      const params = { path: { city }, query: { plate, ...this.me } };
      const found = await answered(service.GET("/v1/cities/{city}/vehicles/beside", { params }));
      [this.searched, this.type, this.around.range_km] = [null, ALL, 0];
      await this.#search();
      [this.chosen_id, this.note, this.dialog] = [found.vehicle_id, null, null];
    });
  }

  async locate(): Promise<void> {
    this.located = { kind: "waiting" };
    this.searched = null;
    this.located = await locate();
    await this.search();
  }

  search(): Promise<boolean> {
    return this.looking.next("search", () => this.#search());
  }

  /** What another rider has just taken disappears here too; silent, the next one may succeed. */
  async refresh(): Promise<void> {
    if (journey.late) await this.sendEnd();
    if (session.account) await parkingPhotos.send(journey.ride);
    if (this.looking.failure?.kind === "unreachable" && navigator.onLine) this.looking.retry();
    if (this.looking.busy !== null || this.looking.failure !== null) return;
    await Promise.all([this.#search(), session.account ? this.#refreshRide() : null]).catch(
      (error: unknown) => this.#noteExpiry(failureOf(error)),
    );
  }

  async reserve(vehicle: NearbyVehicle): Promise<void> {
    this.note = null;
    if (!session.account) {
      this.dialog = { kind: "sign_in", reserve: vehicle };
      return;
    }
    if (session.obstacles[vehicle.type]?.length) {
      this.dialog = { kind: "profile", vehicle };
      return;
    }
    this.dialog = null;
    const near = this.near(vehicle.type);
    await this.act("reserve", async () => {
      await journey.hold(vehicle.vehicle_id, near);
      this.chosen_id = null;
    });
    this.#completeProfile(vehicle);
    this.#openWallet();
  }

  /** Where the person is, if they have allowed it, for classes that are held from nearby only; nobody else asks. */
  near(type: string): Position | null {
    return this.place.type(type)?.hold?.walk_minutes_max ? this.me : null;
  }

  /** A card or money is missing: the wallet says what, and takes it. */
  #openWallet(): void {
    const failure = this.acting.failure;
    if (failure?.kind !== "refused" || !NEEDS_WALLET.has(failure.code)) return;
    this.acting.dismiss();
    this.dialog = { kind: "wallet", why: failure.sentence };
  }

  /** The service has refused this person for this class: the profile says why and takes what is missing. */
  #completeProfile(vehicle: NearbyVehicle): void {
    const failure = this.acting.failure;
    if (failure?.kind !== "refused" || failure.code !== "not_eligible") return;
    this.acting.dismiss();
    session.obstacles[vehicle.type] = [failure.sentence];
    this.dialog = { kind: "profile", vehicle };
  }

  async signedIn(reserve: NearbyVehicle | null, then: Dialog = null): Promise<void> {
    this.dialog = then;
    if (this.note === "session_expired") this.note = null;
    // Not as something of theirs: what they tap meanwhile is not swallowed.
    await this.looking.next("signed_in", async () => {
      await Promise.all([session.load(this.place.city?.id ?? null), journey.refresh(), this.#loadOwn()]);
    });
    if (reserve && journey.ride.kind === "none") await this.reserve(reserve);
  }

  async cancel(hold_id: string): Promise<void> {
    const ride = journey.ride;
    const isPaid = ride.kind === "held" && serverNow() > new Date(ride.hold.free_until);
    await this.act("cancel", async () => {
      await journey.cancel(hold_id);
      this.note = isPaid ? "hold_cancelled_paid" : "hold_cancelled";
    });
    await this.search();
  }

  /** The countdown has reached zero: the service decides what that means. */
  async holdOver(): Promise<void> {
    await journey.refresh().catch(() => {});
    if (journey.ride.kind !== "none") return;
    this.note = "hold_over";
    await this.search();
  }

  /** The first step of ending: where is the vehicle? The device says, or else the rider on the map. */
  async startEnding(mapCentre: Position): Promise<void> {
    parkingPhotos.excuse = null;
    await this.acting.run("locate", async () => {
      this.located = await locate();
    });
    this.ending = this.me ? { at: this.me, by: "device" } : { at: mapCentre, by: "map" };
  }

  /** Asks while the rider looks for a place; an answer about a place they have left is dropped. */
  async checkEnd(rental_id: string, at: Position): Promise<void> {
    this.check = null;
    const check = await journey.checkEnd(rental_id, at).catch(() => null);
    if (this.ending?.at === at) this.check = check;
  }

  async end(rental_id: string): Promise<void> {
    const at = this.ending?.at;
    if (!at) return;
    await this.act("end", async () => {
      const why = parkingPhotos.of(rental_id) ? null : parkingPhotos.excuse;
      await (journey.late ? journey.sendEnd() : journey.end(rental_id, at, why));
      this.ending = null;
    });
    // Its receipt may still be on its way.
    if (journey.ride.kind === "ended") this.ending = null;
    await parkingPhotos.send(journey.ride);
  }

  /** Sends the end again that waits for a network; a refusal is shown where the rider can do something about it. */
  async sendEnd(): Promise<void> {
    const at = journey.late?.position;
    if (!at || this.acting.busy !== null) return;
    const failure = await journey.sendEnd().then(() => null, failureOf);
    if (failure === null) [this.ending, this.acting.failure] = [null, null];
    else if (isRefused(failure)) await this.#showRefusedEnd(at, failure);
    else this.#noteExpiry(failure);
  }

  /** Where the ride still runs; one that was ended otherwise has nothing left to end. */
  async #showRefusedEnd(at: Position, failure: Failure): Promise<void> {
    await journey.refresh().catch(() => {});
    const runs = journey.ride.kind === "riding" || journey.ride.kind === "paused";
    this.ending = runs ? { at, by: "device" } : null;
    this.acting.failure = runs ? failure : null;
  }

  /** A booked vehicle was told to unlock: the ride takes the page. */
  async bookingStarted(): Promise<void> {
    this.dialog = null;
    await this.act("refresh", () => journey.refresh());
  }

  /** What the rider has read is over: back to what is around. */
  async closeReceipt(): Promise<void> {
    journey.close();
    await this.search();
  }

  /** A step of the ride; when it fails the service is asked where the rider stands, so nothing is guessed. */
  async act(name: string, step: () => Promise<void>): Promise<boolean> {
    const done = await this.acting.run(name, step);
    const failure = this.acting.failure;
    if (done || failure === null) return done;
    this.#noteExpiry(failure);
    if (failure.kind === "refused" && failure.status === 409) await this.refresh();
    return false;
  }

  async signOut(): Promise<void> {
    const left = await this.act("sign_out", async () => {
      await notices.switchOff().catch(() => {});
      await session.signOut();
    });
    if (!left) return;
    this.dialog = null;
    places.clear();
    usual.forget();
    journey.forget();
    await parkingPhotos.forget();
  }

  async #search(): Promise<void> {
    if (!this.place.config || !this.origin) return;
    await this.around.search(this.place.config.city, this.origin.position);
    if (this.chosen_id === null || this.chosen) return;
    this.chosen_id = null;
    if (journey.ride.kind === "none") this.note = "vehicle_gone";
  }

  async #refreshRide(): Promise<void> {
    const wasHeld = journey.ride.kind === "held";
    await journey.refresh();
    if (wasHeld && (journey.ride as Ride).kind === "none") this.note = "hold_over";
  }

  #noteExpiry(failure: Failure): void {
    if (failure.kind !== "refused" || failure.status !== 401) return;
    session.account = null;
    this.note = "session_expired";
    this.dialog = { kind: "sign_in", reserve: null };
  }
}
