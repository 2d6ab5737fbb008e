import { answered, service } from "../api/client";
import { randomId } from "../api/intentions";
import type { Notices } from "../api/types";
import { canNotify, type DevicePush, keyBytes, subscriptionOf } from "./push";

const NAME = "mobility.device";

/** How this person is told things, and whether this browser shows them. */
class MyNotices {
  told = $state.raw<Notices | null>(null);
  here = $state<DevicePush>("off");

  async load(push_key: string | null): Promise<void> {
    this.told = await answered(service.GET("/v1/me/notices"));
    this.here = await this.#state(push_key);
  }

  async choose(letters: Notices["letters"], first: Notices["first"]): Promise<void> {
    this.told = await answered(service.PUT("/v1/me/notices", { body: { letters, first } }));
  }

  /** Asks the browser, which asks the person; a refusal is a state, not a failure. */
  async switchOn(push_key: string): Promise<void> {
    if ((await Notification.requestPermission()) !== "granted") {
      this.here = "refused";
      return;
    }
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: keyBytes(push_key) };
    const body = subscriptionOf(await pushManager.subscribe(options));
    const path = { device_id: deviceId() };
    this.told = await answered(service.PUT("/v1/me/devices/{device_id}", { params: { path }, body }));
    this.here = "on";
  }

  /** First at the service: a browser that is cut off here gets nothing more whatever it still has. */
  async switchOff(): Promise<void> {
    const path = { device_id: deviceId() };
    await answered(service.DELETE("/v1/me/devices/{device_id}", { params: { path } }));
    const registration = await navigator.serviceWorker?.getRegistration();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
    this.here = "off";
  }

  async #state(push_key: string | null): Promise<DevicePush> {
    if (push_key === null) return "never";
    if (!canNotify(globalThis)) return "cannot";
    if (Notification.permission === "denied") return "refused";
    const registration = await navigator.serviceWorker.getRegistration();
    const subscribed = await registration?.pushManager.getSubscription();
    return subscribed && this.told?.devices.some(({ id }) => id === deviceId()) ? "on" : "off";
  }
}

export const notices = new MyNotices();

/** This browser's name for itself, which says nothing about it. */
function deviceId(): string {
  try {
    const kept = localStorage.getItem(NAME) ?? randomId();
    localStorage.setItem(NAME, kept);
    return kept;
  } catch {
    return randomId();
  }
}
