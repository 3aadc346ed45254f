/** From a button to an answer for schedules: delete, plan anew. */

import type { ScheduleBook } from "../../schedule_book";
import type { ReplanRequest, Schedule } from "../../schedule_contract";
import { deleteSchedule, replanSchedule } from "../../service";
import { say } from "../../words/language";
import { askToConfirm } from "../confirmation";

/** Ask, then delete; what went wrong is thrown. */
export async function askToDelete(schedule: Schedule, book: ScheduleBook): Promise<void> {
  const { id } = schedule;
  const isConfirmed = await askToConfirm({
    title: say("fleet.delete.ask", { id }),
    consequence: say("fleet.delete.consequence"),
    facts: "",
    confirm: say("fleet.delete"),
    isGrave: true,
    fields: [],
  });
  if (!isConfirmed) return;
  try {
    await deleteSchedule(id);
  } finally {
    await book.refresh();
  }
}

/** Plan anew and show it; what went wrong is thrown. */
export async function replan(former: Schedule, request: ReplanRequest, book: ScheduleBook): Promise<Schedule> {
  const planned = await replanSchedule(former.id, request);
  book.show(planned);
  await book.refresh();
  return planned.schedule;
}
