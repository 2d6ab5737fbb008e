import type { DamageKind, DamageSeverity } from "../api/types";

/** In the order in which riders find them. */
export const DAMAGE_KINDS: readonly DamageKind[] = [
  ...(["tyre", "brake", "light", "mirror", "body", "battery", "lock", "dirty", "other"] as const),
];
export const DAMAGE_SEVERITIES: readonly DamageSeverity[] = ["minor", "major", "critical"];
export const PHOTOS_MAX = 5;
export const WORDS_MAX = 1_000;

/** The service makes photos this small anyway; sent so small, they arrive in a lift too. */
export const PHOTO_SIDE_MAX_PX = 1_600;

export function fitted(width: number, height: number, side = PHOTO_SIDE_MAX_PX): [number, number] {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Metres from what is typed as kilometres, null for nothing typed, undefined for what is no number. */
export function metresFrom(typed: string): number | null | undefined {
  const text = typed.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  if (!text) return null;
  return /^\d{1,7}(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1_000) : undefined;
}
