import { answered, service } from "../api/client";
import { session } from "../riders/session.svelte";

/** All that is held of me, as a file that machines read. */
export async function copyOfMe(): Promise<Blob> {
  const copy = await answered(service.POST("/v1/me/export"));
  return new Blob([JSON.stringify(copy, null, 2)], { type: "application/json" });
}

/** Hands a file to the browser to keep. */
export function keep(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  [link.href, link.download] = [url, name];
  link.click();
  URL.revokeObjectURL(url);
}

/** Signed out for good; when the name is forgotten. */
export async function forgetMe(): Promise<Date> {
  const { due_at } = await answered(service.POST("/v1/me/erasure"));
  [session.account, session.obstacles] = [null, {}];
  return new Date(due_at);
}
