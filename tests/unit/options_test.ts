import { assertEquals, assertThrows } from "@std/assert";
import { checkOptions, type OptionNames } from "../../src/options.ts";
import { test } from "../harness.ts";

interface Example {
  readonly container?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly timeout?: number | null;
  readonly tty?: boolean;
}

const NAMES: OptionNames<Example> = {
  container: true,
  labelSelector: true,
  fieldSelector: true,
  timeout: true,
  tty: true,
};

function refusal(options: unknown): string {
  const error = assertThrows(
    () => checkOptions(options, NAMES, 'exec in pods "web-0"'),
    TypeError,
  );
  return error.message;
}

test("options that exist, and no options at all, are accepted", () => {
  checkOptions({ container: "main", timeout: null }, NAMES, "exec");
  checkOptions({}, NAMES, "exec");
  checkOptions(undefined, NAMES, "exec");
});

test("an option that is undefined is absent, whatever its name", () => {
  checkOptions({ container: undefined, no: undefined }, NAMES, "exec");
});

test("an unknown option is refused by name, with the one that was meant", () => {
  const refused = 'Cannot exec in pods "web-0": there is no option ';
  for (
    const [name, meant] of [
      ["contianer", "container"],
      ["Container", "container"],
      ["conteiner", "container"],
      ["timeOut", "timeout"],
      ["selector", "labelSelector"],
      ["fieldselecter", "fieldSelector"],
      ["tyt", "tty"],
    ]
  ) {
    const message = refusal({ [name!]: null });
    assertEquals(message, `${refused}"${name}"; did you mean "${meant}"?`);
  }
  for (const name of ["color", "x", "toString", "__proto", "a\nb"]) {
    assertEquals(
      refusal({ [name]: 1 }),
      refused + JSON.stringify(name),
    );
  }
});

test("options that are no object are refused", () => {
  for (const options of [null, "main", 3, ["main"], () => {}]) {
    assertEquals(
      refusal(options),
      'Cannot exec in pods "web-0": the options must be an object',
    );
  }
});
