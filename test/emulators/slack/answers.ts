// What Slack answers to each method, in the words of its own client. The tests
// make a schema of it and hold the answers of our fake Slack against that.
import type * as api from "@slack/web-api";

export type Answers = {
  "auth.test"?: api.AuthTestResponse;
  "auth.revoke"?: api.AuthRevokeResponse;
  "apps.connections.open"?: api.AppsConnectionsOpenResponse;
  "oauth.v2.access"?: api.OauthV2AccessResponse;
  "users.info"?: api.UsersInfoResponse;
  "users.list"?: api.UsersListResponse;
  "usergroups.list"?: api.UsergroupsListResponse;
  "conversations.info"?: api.ConversationsInfoResponse;
  "conversations.members"?: api.ConversationsMembersResponse;
  "conversations.list"?: api.ConversationsListResponse;
  "conversations.open"?: api.ConversationsOpenResponse;
  "conversations.replies"?: api.ConversationsRepliesResponse;
  "conversations.history"?: api.ConversationsHistoryResponse;
  "chat.postMessage"?: api.ChatPostMessageResponse;
  "chat.postEphemeral"?: api.ChatPostEphemeralResponse;
  "chat.update"?: api.ChatUpdateResponse;
  "chat.delete"?: api.ChatDeleteResponse;
  "chat.unfurl"?: api.ChatUnfurlResponse;
  "chat.getPermalink"?: api.ChatGetPermalinkResponse;
  "files.getUploadURLExternal"?: api.FilesGetUploadURLExternalResponse;
  "files.completeUploadExternal"?: api.FilesCompleteUploadExternalResponse;
  "files.info"?: api.FilesInfoResponse;
  "files.delete"?: api.FilesDeleteResponse;
  "views.open"?: api.ViewsOpenResponse;
  "views.push"?: api.ViewsPushResponse;
  "views.update"?: api.ViewsUpdateResponse;
  "views.publish"?: api.ViewsPublishResponse;
  "reactions.add"?: api.ReactionsAddResponse;
  "reactions.remove"?: api.ReactionsRemoveResponse;
};
