import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Alert, CrewMember } from "../api/types";
import { badgesOf, byGravity, countOpen, givenTo, type Grouping, groupsOf } from "../fleet/alerts";
import { stepTo } from "../fleet/live";
import { session } from "../riders/session.svelte";

const SHOWN_MAX = 100;
// What goes wrong often goes wrong for several at once.
const READ_AFTER_MS = 300;

/** What is wrong with the city's vehicles now. */
export class Alerts {
  list = $state.raw<Alert[] | null>(null);
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  by = $state<Grouping>("none");
  whose = $state<"all" | "mine">("all");
  chosen_id = $state<string | null>(null);
  /** Who may look after an alert. */
  colleagues = $state.raw<CrewMember[]>([]);
  open = $derived(countOpen(this.list ?? []));
  badges = $derived(badgesOf(this.list ?? []));
  groups = $derived(
    groupsOf(givenTo(this.list ?? [], this.whose === "mine" ? (session.account?.id ?? "") : null), this.by),
  );
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

  /** The desk changes seldom; the last known colleagues stay when the service cannot say. */
  async readColleagues(city: string): Promise<void> {
    const params = { path: { city }, query: { desk: true, limit: SHOWN_MAX } };
    const read = answered(service.GET("/v1/cities/{city}/crew", { params }));
    this.colleagues = await read.then(({ items }) => items).catch(() => this.colleagues);
  }

  /** The alert after or before the chosen one, as they are shown. */
  step(by: 1 | -1): Alert | null {
    const shown = this.groups.flatMap(({ alerts }) => alerts);
    return stepTo(shown, this.chosen_id, by);
  }

  acknowledge(...alerts: Alert[]): Promise<boolean> {
    return this.acting.run(alerts.map(({ id }) => id).join(), async () => {
      for (const { id: alert_id } of alerts) {
        const params = { path: { alert_id } };
        this.#put(await answered(service.POST("/v1/alerts/{alert_id}/acknowledge", { params })));
      }
    });
  }

  /** Gives it to somebody of the desk, or to nobody. */
  assign(alert: Alert, assigned_to: string | null): Promise<boolean> {
    return this.acting.run(alert.id, async () => {
      const params = { path: { alert_id: alert.id } };
      const body = { assigned_to };
      this.#put(await answered(service.POST("/v1/alerts/{alert_id}/assign", { params, body })));
    });
  }

  /** Hears no more of an alert until then; it comes back if its cause is still there. */
  snooze(alert: Alert, until: Date, reason: string): Promise<boolean> {
    return this.acting.run(alert.id, async () => {
      const params = { path: { alert_id: alert.id } };
      const body = { until: until.toISOString(), reason };
      this.#put(await answered(service.POST("/v1/alerts/{alert_id}/snooze", { params, body })));
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

  #put(changed: Alert): void {
    this.list = byGravity((this.list ?? []).map((each) => (each.id === changed.id ? changed : each)));
  }
}
