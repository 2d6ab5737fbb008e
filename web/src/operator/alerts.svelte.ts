import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Alert } from "../api/types";
import { byGravity, countOpen } from "../fleet/alerts";

const SHOWN_MAX = 100;
// What goes wrong often goes wrong for several at once.
const READ_AFTER_MS = 300;

/** What is wrong with the city's vehicles now. */
export class Alerts {
  list = $state.raw<Alert[] | null>(null);
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  open = $derived(countOpen(this.list ?? []));
  #due: ReturnType<typeof setTimeout> | undefined;

  /** Reads what has changed; once for changes that come together. */
  readSoon(city: string): void {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      if (this.reading.busy === null) void this.read(city);
      else this.readSoon(city);
    }, READ_AFTER_MS);
  }

  read(city: string): Promise<boolean> {
    return this.reading.run(city, async () => {
      const params = { path: { city }, query: { limit: SHOWN_MAX } };
      const page = await answered(service.GET("/v1/cities/{city}/alerts", { params }));
      this.list = byGravity(page.items);
    });
  }

  acknowledge(alert: Alert): Promise<boolean> {
    return this.acting.run(alert.id, async () => {
      const params = { path: { alert_id: alert.id } };
      const changed = await answered(service.POST("/v1/alerts/{alert_id}/acknowledge", { params }));
      this.list = byGravity((this.list ?? []).map((each) => (each.id === changed.id ? changed : each)));
    });
  }

  /** Hears no more of an alert until then; it comes back if its cause is still there. */
  snooze(alert: Alert, until: Date, reason: string): Promise<boolean> {
    return this.acting.run(alert.id, async () => {
      const params = { path: { alert_id: alert.id } };
      const body = { until: until.toISOString(), reason };
      const changed = await answered(service.POST("/v1/alerts/{alert_id}/snooze", { params, body }));
      this.list = byGravity((this.list ?? []).map((each) => (each.id === changed.id ? changed : each)));
    });
  }

  /** Ends an alert; one whose cause is still there is refused. */
  resolve(alert: Alert, note: string): Promise<boolean> {
    return this.acting.run(alert.id, async () => {
      const params = { path: { alert_id: alert.id } };
      await answered(service.POST("/v1/alerts/{alert_id}/resolve", { params, body: { note } }));
      this.list = (this.list ?? []).filter(({ id }) => id !== alert.id);
    });
  }
}
