/** Pictures that wait for a network. A phone's small store, which keeps what was said, has no room for them. */

const STORE = "photos";

export type Kept = { id: string; picture: Blob };

/** The pictures that one face keeps on this phone, under its name. */
export class Pictures<Picture extends Kept> {
  constructor(private readonly face: string) {}

  keep(picture: Picture): Promise<unknown> {
    return this.#inStore("readwrite", (store) => store.put(picture));
  }

  forget(id: string): Promise<unknown> {
    return this.#inStore("readwrite", (store) => store.delete(id));
  }

  list(): Promise<Picture[]> {
    return this.#inStore("readonly", (store) => store.getAll());
  }

  async #inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const opening = indexedDB.open(this.face, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
    const database = await answerOf(opening);
    try {
      return await answerOf(ask(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
