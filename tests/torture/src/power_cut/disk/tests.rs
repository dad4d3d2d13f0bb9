use super::*;

const ROOT_PATH: &str = "/d";

fn path(name: &str) -> PathBuf {
    Path::new(ROOT_PATH).join(name)
}

/// Calls one after another, each over before the next.
struct Hand {
    disk: Disk,
    next: CallId,
}

impl Hand {
    fn new() -> Hand {
        Hand { disk: Disk::new(Path::new(ROOT_PATH)), next: 0 }
    }

    fn does(&mut self, change: Change) -> &mut Hand {
        self.next += 1;
        self.disk.begin(self.next, change);
        self.disk.end(self.next);
        self
    }

    fn creates(&mut self, name: &str) -> Node {
        self.does(Change::Create(path(name)));
        self.disk.find(&path(name)).expect("just made")
    }

    fn root(&self) -> Node {
        self.disk.find(Path::new(ROOT_PATH)).expect("always there")
    }

    /// What is left of a file over many cuts.
    fn leaves(&self, name: &str, mercy: Mercy) -> BTreeSet<Option<Vec<u8>>> {
        let cut = |seed| self.disk.cut(mercy, &mut Rng::new(seed)).get(Path::new(name)).cloned().flatten();
        (0..400).map(cut).collect()
    }
}

#[test]
fn to20_a_name_is_kept_by_a_sync_of_its_folder_and_bytes_by_a_sync_of_their_file() {
    let mut hand = Hand::new();
    let file = hand.creates("a");
    hand.does(Change::Write(file, 0, b"one".to_vec())).does(Change::Sync(file));
    assert_eq!(hand.leaves("a", Mercy::None), BTreeSet::from([None]), "strict: the name was not synced");
    let root = hand.root();
    hand.does(Change::Sync(root));
    assert_eq!(hand.leaves("a", Mercy::Sectors), BTreeSet::from([Some(b"one".to_vec())]));
    hand.does(Change::Write(file, 3, b"two".to_vec()));
    assert_eq!(hand.leaves("a", Mercy::None), BTreeSet::from([Some(b"one".to_vec())]));
    assert_eq!(hand.leaves("a", Mercy::All), BTreeSet::from([Some(b"onetwo".to_vec())]));
    let torn = hand.leaves("a", Mercy::Sectors);
    assert!(torn.contains(&Some(b"one\0\0\0".to_vec())), "the length came and the bytes did not");
    assert!(torn.contains(&Some(b"one".to_vec())) && torn.contains(&Some(b"onetwo".to_vec())) && torn.len() == 3);
}

#[test]
fn to20_sectors_of_one_write_survive_each_by_itself() {
    let mut hand = Hand::new();
    let (file, root) = (hand.creates("a"), hand.root());
    hand.does(Change::Length(file, 1_024)).does(Change::Sync(file)).does(Change::Sync(root));
    hand.does(Change::Write(file, 0, vec![1; 1_024]));
    let mut firsts = BTreeSet::new();
    for image in hand.leaves("a", Mercy::Sectors).into_iter().flatten() {
        assert!(image.chunks(SECTOR).all(|sector| sector.iter().all(|byte| *byte == sector[0])), "no sector is torn");
        firsts.insert((image[0], image[SECTOR]));
    }
    assert_eq!(firsts, BTreeSet::from([(0, 0), (0, 1), (1, 0), (1, 1)]));
    assert_eq!(hand.leaves("a", Mercy::Calls).len(), 2, "whole or not at all");
}

#[test]
fn to20_a_sync_keeps_what_had_ended_before_it_began() {
    let mut hand = Hand::new();
    let (file, root) = (hand.creates("a"), hand.root());
    hand.does(Change::Sync(root));
    hand.disk.begin(10, Change::Write(file, 0, b"one".to_vec()));
    hand.disk.begin(11, Change::Sync(file));
    hand.disk.end(10);
    hand.disk.end(11);
    assert!(hand.leaves("a", Mercy::None).contains(&Some(Vec::new())), "the write ended after the sync began");
    hand.disk.begin(12, Change::Sync(file));
    assert!(hand.leaves("a", Mercy::None).contains(&Some(Vec::new())), "a sync that has not returned keeps nothing");
    hand.disk.end(12);
    assert_eq!(hand.leaves("a", Mercy::None), BTreeSet::from([Some(b"one".to_vec())]));
}

#[test]
fn to20_what_is_certain_is_not_undone_by_what_is_pending_before_it() {
    let mut hand = Hand::new();
    let (file, root) = (hand.creates("a"), hand.root());
    hand.does(Change::Sync(root));
    hand.disk.begin(10, Change::Write(file, 512, vec![1; 512]));
    hand.does(Change::Write(file, 0, vec![2; 512])).does(Change::Sync(file));
    for left in hand.leaves("a", Mercy::Sectors) {
        let left = left.expect("its name is certain");
        assert!(left.len() >= 512 && left[..512] == [2; 512], "{left:?}");
    }
}

#[test]
fn to20_a_rename_within_a_folder_is_one_step_and_between_two_it_is_two() {
    let mut hand = Hand::new();
    let (old, root) = (hand.creates("a"), hand.root());
    let new = hand.creates("a.new");
    hand.does(Change::Write(old, 0, b"old".to_vec())).does(Change::Sync(old));
    hand.does(Change::Write(new, 0, b"new".to_vec())).does(Change::Sync(new)).does(Change::Sync(root));
    hand.does(Change::Rename(path("a.new"), path("a")));
    let either = BTreeSet::from([Some(b"old".to_vec()), Some(b"new".to_vec())]);
    assert_eq!(hand.leaves("a", Mercy::Sectors), either, "never neither");
    hand.does(Change::Sync(root)).does(Change::Folder(path("f"))).does(Change::Sync(root));
    let folder = hand.disk.find(&path("f")).expect("made");
    hand.does(Change::Rename(path("a"), path("f/a"))).does(Change::Sync(folder));
    assert_eq!(hand.leaves("f/a", Mercy::None), BTreeSet::from([Some(b"new".to_vec())]));
}

#[test]
fn to20_a_shorter_length_may_come_back_and_a_removed_name_too() {
    let mut hand = Hand::new();
    let (file, root) = (hand.creates("a"), hand.root());
    hand.does(Change::Write(file, 0, vec![7; 1_000])).does(Change::Sync(file)).does(Change::Sync(root));
    hand.does(Change::Length(file, 600));
    let lengths: BTreeSet<usize> = hand.leaves("a", Mercy::Sectors).iter().flatten().map(Vec::len).collect();
    assert_eq!(lengths, BTreeSet::from([600, 1_000]));
    hand.does(Change::Remove(path("a")));
    assert!(hand.leaves("a", Mercy::Sectors).contains(&None) && hand.leaves("a", Mercy::Sectors).len() > 1);
    hand.does(Change::Sync(root));
    assert_eq!(hand.leaves("a", Mercy::Sectors), BTreeSet::from([None]));
}
