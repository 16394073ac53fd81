import type { AnyValue } from "./model.ts";

/**
 * An empty object for attributes. It inherits nothing, so that names from outside (`constructor`, `__proto__`) are names like any other;
 * unlike `Object.create(null)`, objects of one class keep the quick layout that they share. Pure.
 */
export class AttributeBag {
  [name: string]: AnyValue;

  static {
    Reflect.deleteProperty(AttributeBag.prototype, "constructor");
    Object.setPrototypeOf(AttributeBag.prototype, null);
  }
}
