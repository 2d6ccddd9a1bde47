//! What the handheld says to an ear and a hand: the rhythm carries the meaning, not only the pitch, for ears under
//! defenders (`HANDHELD.md` 3.2).
//!
//! Absent: playing (`browser::sound`).

/// One note: pitch in hertz, milliseconds of sound, milliseconds of silence behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Pitch.
    pub hertz: u16,
    /// Length.
    pub ms: u16,
    /// Silence after it.
    pub rest_ms: u16,
}

const fn note(hertz: u16, ms: u16, rest_ms: u16) -> Note {
    Note { hertz, ms, rest_ms }
}

/// What is being said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// An item was taken.
    Item,
    /// A bin was taken.
    Bin,
    /// A bin is complete.
    Complete,
    /// A decision is needed.
    Ask,
    /// Another bin than the open one, or something that does not belong here.
    WrongBin,
    /// Nobody knows this code.
    Unknown,
    /// A serial number that was counted already.
    Already,
    /// An entry is not on this device's disk. No row in the table: louder and longer than all of them.
    NotSaved,
}

impl Tone {
    /// Every tone, for a test screen.
    pub const ALL: [Self; 8] = [
        Self::Item,
        Self::Bin,
        Self::Complete,
        Self::Ask,
        Self::WrongBin,
        Self::Unknown,
        Self::Already,
        Self::NotSaved,
    ];

    /// The notes.
    pub const fn notes(self) -> &'static [Note] {
        match self {
            Self::Item => const { &[note(1_050, 70, 0)] },
            Self::Bin => const { &[note(700, 80, 0), note(1_050, 80, 0)] },
            Self::Complete => const { &[note(700, 60, 0), note(880, 60, 0), note(1_050, 60, 0)] },
            Self::Ask => const { &[note(880, 60, 80), note(880, 60, 0)] },
            Self::WrongBin => const { &[note(420, 180, 80), note(420, 180, 0)] },
            Self::Unknown => const { &[note(420, 400, 0)] },
            Self::Already => const { &[note(600, 100, 0), note(420, 100, 0)] },
            Self::NotSaved => {
                const { &[note(420, 250, 60), note(880, 250, 60), note(420, 250, 60), note(880, 250, 0)] }
            }
        }
    }
    /// Milliseconds on, off, on… for the motor.
    pub const fn vibration(self) -> &'static [u16] {
        match self {
            Self::Item => &[40],
            Self::Bin => &[80],
            Self::Complete => &[60, 40, 60],
            Self::Ask => &[60, 60, 60],
            Self::WrongBin => &[200, 80, 200],
            Self::Unknown => &[400],
            Self::Already => &[100, 50, 100],
            Self::NotSaved => &[400, 100, 400, 100, 400],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_tone_can_be_told_from_the_others_by_rhythm_alone() {
        let sound: BTreeSet<Vec<(u16, u16)>> =
            Tone::ALL.iter().map(|tone| tone.notes().iter().map(|n| (n.ms, n.rest_ms)).collect()).collect();
        assert_eq!(sound.len(), Tone::ALL.len());
        let touch: BTreeSet<&[u16]> = Tone::ALL.iter().map(|tone| tone.vibration()).collect();
        assert_eq!(touch.len(), Tone::ALL.len());
    }

    #[test]
    fn small_speakers_can_play_every_note() {
        assert!(Tone::ALL.iter().flat_map(|tone| tone.notes()).all(|n| (400..=4_000).contains(&n.hertz)));
    }
}
