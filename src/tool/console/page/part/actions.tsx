import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ActionAnswer, ActionField, ActionInfo, PartSnapshot } from "../../../control-api/index.ts";
import { ApiError } from "../../model/api-error.ts";
import { get, partPath, post } from "../state/api.ts";
import { useAsked } from "../state/asking.ts";
import { system } from "../state/live.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { tell } from "../ui/toast.tsx";

/** So many stand beside each other; the others are in a menu. */
const BUTTONS_MAX = 2;

interface Chosen {
  readonly action: ActionInfo;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What can be done to the part. */
export function Actions({ part }: { readonly part: PartSnapshot }): JSX.Element | null {
  const { data } = useActions(part.name);
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  const actions = data?.data ?? [];
  if (actions.length === 0) return null;
  const choose = (action: ActionInfo) => {
    const chosen = { action, values: {} };
    if (needsAsking(action)) setChosen(chosen);
    else void carryOut(part.name, chosen);
  };
  const more = actions.slice(BUTTONS_MAX);
  return (
    <div class="actions">
      {actions.slice(0, BUTTONS_MAX).map((action) => (
        <Button
          key={action.id}
          {...(action.confirm ? { look: "danger" } : {})}
          onClick={() => choose(action)}
        >
          {action.title}
        </Button>
      ))}
      {more.length > 0 && (
        <Menu label="More actions" icon="more">
          {(close) =>
            more.map((action) => (
              <MenuItem
                key={action.id}
                onClick={() => {
                  close();
                  choose(action);
                }}
              >
                {action.title}
              </MenuItem>
            ))
          }
        </Menu>
      )}
      {chosen && <ActionDialog part={part} chosen={chosen} onClose={() => setChosen(undefined)} />}
    </div>
  );
}

/** What can be done to one replica: the actions whose only question is which. */
export function ReplicaActions({
  part,
  replica,
}: {
  readonly part: string;
  readonly replica: string;
}): JSX.Element | null {
  const { data } = useActions(part);
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  const actions =
    data?.data.filter(({ fields }) => fields.length === 1 && fields[0]?.type === "replica") ?? [];
  if (actions.length === 0) return null;
  const snapshot = system.value?.parts.find(({ name }) => name === part);
  return (
    <>
      <Menu label={`Actions on ${replica}`} icon="more" look="quiet">
        {(close) =>
          actions.map((action) => (
            <MenuItem
              key={action.id}
              onClick={() => {
                close();
                const chosen = { action, values: { [action.fields[0]?.name ?? "replica"]: replica } };
                if (action.confirm) setChosen(chosen);
                else void carryOut(part, chosen);
              }}
            >
              {action.title}
            </MenuItem>
          ))
        }
      </Menu>
      {chosen && snapshot && (
        <ActionDialog part={snapshot} chosen={chosen} onClose={() => setChosen(undefined)} />
      )}
    </>
  );
}

function useActions(part: string) {
  const replicas = system.value?.parts.find(({ name }) => name === part)?.replicas.length ?? 0;
  const path = partPath(part, "actions");
  // What is offered changes with the replicas: asked again when they do.
  return useAsked({
    subject: path,
    version: `${path} ${replicas}`,
    ask: (signal) => get<{ data: readonly ActionInfo[] }>(path, {}, signal),
  });
}

function needsAsking(action: ActionInfo): boolean {
  return action.confirm !== undefined || action.fields.length > 0;
}

/** Does it, and tells what came of it. */
async function carryOut(part: string, { action, values }: Chosen): Promise<boolean> {
  try {
    const answer = await post<ActionAnswer>(
      partPath(part, `actions/${encodeURIComponent(action.id)}`),
      values,
    );
    tell(answer.message);
    return true;
  } catch (error) {
    tell(error instanceof ApiError ? error.message : String(error), "bad");
    return false;
  }
}

/** Asks for what an action needs to know, and whether it is meant. */
function ActionDialog({
  part,
  chosen,
  onClose,
}: {
  readonly part: PartSnapshot;
  readonly chosen: Chosen;
  readonly onClose: () => void;
}): JSX.Element {
  const { action } = chosen;
  const [values, setValues] = useState(() => ({ ...defaults(action, part), ...chosen.values }));
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const isDone = await carryOut(part.name, { action, values });
    setBusy(false);
    if (isDone) onClose();
  };
  return (
    <Dialog title={`${action.title}: ${part.name}`} onClose={onClose}>
      <form class="action-form" onSubmit={submit}>
        <p class="soft">{action.description}</p>
        {action.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            part={part}
            value={values[field.name] ?? ""}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {action.confirm && <p class="action-confirm">{action.confirm}</p>}
        <div class="action-buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={action.confirm ? "danger" : "main"} disabled={isBusy}>
            {action.title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function defaults(action: ActionInfo, part: PartSnapshot): Record<string, string | number> {
  return Object.fromEntries(
    action.fields.map((field) => [
      field.name,
      field.value ??
        (field.type === "replica"
          ? (part.replicas[0]?.id ?? "")
          : field.type === "count"
            ? (field.min ?? 0)
            : ""),
    ]),
  );
}

function Field({
  field,
  part,
  value,
  onChange,
}: {
  readonly field: ActionField;
  readonly part: PartSnapshot;
  readonly value: string | number;
  readonly onChange: (value: string | number) => void;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is one of three, each of them within.
    <label class="field">
      <span>{field.title}</span>
      {field.type === "replica" ? (
        <select class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {part.replicas.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      ) : field.type === "count" ? (
        <input
          class="input"
          type="number"
          value={value}
          required
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
        />
      ) : (
        <input
          class="input"
          type="text"
          value={value}
          required
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </label>
  );
}
