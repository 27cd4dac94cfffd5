/** What a person can decide about one suggestion, one request each. */
import { answer, api } from "./client";
import type { ApproveQuestion, CommentQuestion, DeclineQuestion, EditQuestion, SnoozeQuestion } from "./schema";

const at = (habit_id: string) => ({ path: { habit_id } });

export const approve = (habitId: string, body: ApproveQuestion) =>
  answer(api.POST("/api/suggestions/{habit_id}/approve", { params: at(habitId), body }));

export const decline = (habitId: string, body: DeclineQuestion) =>
  answer(api.POST("/api/suggestions/{habit_id}/decline", { params: at(habitId), body }));

export const snooze = (habitId: string, body: SnoozeQuestion) =>
  answer(api.POST("/api/suggestions/{habit_id}/snooze", { params: at(habitId), body }));

export const comment = (habitId: string, body: CommentQuestion) =>
  answer(api.POST("/api/suggestions/{habit_id}/comment", { params: at(habitId), body }));

export const redraft = (habitId: string, body: CommentQuestion) =>
  answer(api.POST("/api/suggestions/{habit_id}/redraft", { params: at(habitId), body }));

export const reopen = (habitId: string) => answer(api.POST("/api/suggestions/{habit_id}/reopen", { params: at(habitId) }));

export const keep = (habitId: string) => answer(api.POST("/api/suggestions/{habit_id}/keep", { params: at(habitId) }));

export const saveEdit = (habitId: string, body: EditQuestion) =>
  answer(api.POST("/api/suggestions/{habit_id}/edit", { params: at(habitId), body }));

export const preview = (habitId: string, yaml: string, signal: AbortSignal) =>
  answer(api.POST("/api/suggestions/{habit_id}/preview", { params: at(habitId), body: { yaml }, signal }));
