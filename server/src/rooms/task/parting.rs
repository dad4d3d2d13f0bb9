//! What comes for a room that is not there: it could not be loaded, or has just left.
//!
//! Invariant: whoever asks is answered. What was sent to a room by somebody who had found it before it left is a question
//! like any other, and the room that is opened next answers it. Next: `rooms/task.rs`.

use tokio::sync::mpsc;
use uuid::Uuid;

use crate::rooms::{Message, RoomError, Rooms};

/// Nobody gets an empty document because something went wrong: everyone who waits is told, and the next one retries.
pub(super) async fn refuse(rooms: Rooms, document: Uuid, mut messages: mpsc::Receiver<Message>, error: RoomError) {
    tracing::error!(%document, "{error}");
    loop {
        while let Ok(message) = messages.try_recv() {
            turn_away(&rooms, document, message, &error);
        }
        if rooms.leave(document, &messages) {
            return late(rooms, document, messages).await;
        }
    }
}

/// The room has left, and nobody finds this inbox any more; who found it before may still send.
pub(super) async fn late(rooms: Rooms, document: Uuid, mut messages: mpsc::Receiver<Message>) {
    messages.close();
    while let Some(message) = messages.recv().await {
        if message.is_question() {
            drop(rooms.send(document, message).await);
        } else {
            // Their seat would be in another room than they know.
            turn_away(&rooms, document, message, &RoomError::Lost);
        }
    }
}

fn turn_away(rooms: &Rooms, document: Uuid, message: Message, error: &RoomError) {
    match message {
        Message::Join(joining) => joining.entrance.outbox.close(error.close_reason()),
        Message::Command { reply, .. } => drop(reply.send(Err(error.clone()))),
        Message::Read { reply } => drop(reply.send(Err(error.clone()))),
        Message::Still { reply, .. } => drop(reply.send(Err(error.clone()))),
        Message::Whose { reply } => drop(reply.send(Err(error.clone()))),
        Message::Version { reply, .. } => drop(reply.send(Err(error.clone()))),
        Message::Stop { settled } => drop(settled.send(true).ok()),
        Message::Pause { done } => drop(done.send(())),
        Message::Gone { done } => {
            rooms.forgive(document);
            done.map(|done| done.send(()));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::oneshot;

    use super::*;
    use crate::App;
    use crate::config::Config;

    #[actix_web::test]
    async fn sk47_what_was_sent_to_a_room_as_it_left_is_answered_by_the_next() {
        let data = tempfile::tempdir().expect("a folder");
        let mut config = Config::for_tests(data.path());
        config.limits.set("idle=0").expect("a limit");
        let app = App::build(config).await.expect("a server");
        let (rooms, document) = (&app.state.rooms, Uuid::now_v7());
        let inbox = rooms.find_or_open(document).expect("the door is open");
        let begun = inbox.messages.clone().reserve_owned().await.expect("a place");
        inbox.messages.closed().await;
        let (reply, answer) = oneshot::channel();
        drop(begun.send(Message::Read { reply }));
        drop(inbox);
        let text: Arc<str> = answer.await.expect("an answer").expect("the text");
        assert_eq!(&*text, "");
    }
}
