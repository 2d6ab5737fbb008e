/** Photos that wait for a network. A phone's small store, which keeps what was said, has no room for them. */

export type KeptPhoto = { id: string; task_id: string; picture: Blob };

const STORE = "photos";

export const keepPhoto = (photo: KeptPhoto): Promise<unknown> =>
  inStore("readwrite", (store) => store.put(photo));
export const forgetPhoto = (id: string): Promise<unknown> =>
  inStore("readwrite", (store) => store.delete(id));
export const keptPhotos = (): Promise<KeptPhoto[]> => inStore("readonly", (store) => store.getAll());

async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open("crew", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
  const database = await answerOf(opening);
  try {
    return await answerOf(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
