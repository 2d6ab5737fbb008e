import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { City, PrivacyNotice } from "../api/types";

/** Who runs the service here, what it stores of people, and whose facts it uses. */
export class About {
  readonly opening = new Attempt();
  city = $state.raw<City | null>(null);
  notice = $state.raw<PrivacyNotice | null>(null);

  open(): Promise<boolean> {
    return this.opening.run("open", async () => {
      const config = await answered(service.GET("/v1/app-config"));
      const params = { path: { city: config.city } };
      [this.city, this.notice] = await Promise.all([
        answered(service.GET("/v1/cities/{city}", { params })),
        answered(service.GET("/v1/cities/{city}/privacy-notice", { params })),
      ]);
    });
  }
}
