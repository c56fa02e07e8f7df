"""The words and sentences that are spoken."""

KEYWORDS = "yes no up down left right on off stop go".split()

# Words that sound much like a keyword. Those that sound just like one (know, write) are no negatives and not here.
NEAR_MISSES = """
note nose nor now snow low yet guess chess less mess dress yell yeast dawn town gown drown noun brown own of often
office offer cough soft loft lift laugh lest leg let leaf life light ride rise bright fright ripe rice height night
rate ring stock step stomp shop chop drop crop stamp stoop top pop goat ghost gold goal grow glow toe dough cup pup app
cop upper us ugh un sown sewn john gone done one won hun hone honest arm awning honor doff dot dock duck bought
caught slow though throw blow crow joe sew noble nova notion yelled stuff stuck rough lot yen yam gull ode
""".split()

# Words in which a keyword can be heard: whether they count as one is a matter of taste.
CONTAINING = """
yesterday update upset upward upon startup backup setup pickup uptown downtown countdown sundown leftover cleft
nonstop unstoppable shortstop alright upright online ago argo cargo vertigo bingo nobody
""".split()

COMMON = """
about above across after again air all along always animal answer apple april area around art ask autumn away baby back
bad ball banana band bank basket beach bear beautiful become bed before begin behind believe below best better between
big bird birthday black blue boat body book both bottle bottom bowl box boy branch bread breakfast bridge bring brother
build bus butter buy cake call camera camp car card carry cat catch center chair chance change cheese chicken child
choose church circle city class clean clear climb clock close cloud coat coffee cold color come cook copy corner cost
count country cover cow cross cry dance dark daughter day dear december deep deer desk dinner doctor dog dollar door
double dream drink drive dry during each early earth east easy eat egg eight eleven end engine enough evening every eye
face fall family famous far farm fast father february feel few field fifty find finger finish fire first fish five
flag floor flower fly follow food foot forest forget forty forward four fox free friday friend from front fruit full
garden gate gentle girl give glass good grass gray great green ground group hair half hand happy hard hat have head
hear heart heavy hello help here high hill history hold home hope horse hospital hot hotel hour house how hundred hungry
ice idea important inside island january job july jump june keep key kind king kitchen knife ladder lake language large
last late learn leave lemon letter library line lion listen little long look lose loud love lunch machine make man many
map march market may measure meat meet metal middle milk million mind minute mirror monday money monkey month moon
morning mother mountain mouse mouth move much music name near neck need never new next nine noise north nothing
november number ocean october old open orange order orchestra other out over page paint paper parent park party pass
pencil people pepper perfect phone photo piano picture piece pig place plane plant plate play please pocket point poor
potato power present pretty problem pull purple push question quick quiet rabbit radio rain read ready red remember rest
rich river road rock roof room round run sad safe salt same sand saturday save school science sea season second see
sell send september seven seventy shadow shape sheep ship shirt shoe short shoulder show silver simple sing sister sit
six sixteen sky sleep small smile smooth soap son song soon sound south space speak spoon spring square stand star
start station stay stone store storm story street strong student sugar summer sun sunday sure sweet swim table tail
take talk tall tea teach team ten tent thank thirteen thirty thousand three through thumb thunder thursday ticket tie
tiger time tired today together tomato tomorrow tonight tooth towel train travel tree triangle trouble truck true
tuesday turn twelve twenty two umbrella uncle under until use valley vegetable very village visit voice wait walk wall
want warm wash watch water weather wednesday week welcome west wet what wheel when where which white who why wide wild
wind window winter wish woman wonder wood word work world worm year yellow young zebra zero
backward visual sheila marvin wow computer jarvis alexa siri assistant volume music lights kettle heater timer
""".split()

# Sentences are built from these; none holds a keyword.
SUBJECTS = """
the old farmer|my younger sister|a tall stranger|our new neighbour|the tired driver|every child in the village|
the captain of the ship|an honest lawyer|the quiet librarian|two brave soldiers|the famous painter|his best friend|
the little dog|a group of students|the woman with the umbrella|my grandfather|the chief engineer|a young doctor|
the people of this town|their oldest daughter
""".replace("\n", "").split("|")
VERBS = """
carried|found|painted|sold|remembered|borrowed|repaired|watched|bought|forgot about|talked about|wrote about|lifted|
brought back|looked for|cleaned|dropped|gave away|measured|followed
""".replace("\n", "").split("|")
OBJECTS = """
a basket of green apples|the broken clock|seven silver coins|an enormous yellow kite|the keys to the cellar|
a letter from the mayor|three loaves of fresh bread|the wooden bridge|a photograph of the lake|her favourite song|
a pair of heavy boots|the map of the island|some very strange noises|the last piece of cake|an empty bottle|
a bright red bicycle|the story of the fisherman|a bag of flour|the office furniture|the note in the drawer
""".replace("\n", "").split("|")
ENDINGS = """
before the rain began|after a long day at work|while the others were asleep|near the edge of the forest|
because winter was coming|with a great deal of patience|in the middle of the night|at the railway station|
while all of them were busy|during the summer holidays|behind the little white church|for almost twenty years|
although it was already late|without saying a single word|and then walked slowly home|as soon as the sun appeared|
under the light of the moon|although the weather was cold|to everybody's surprise|in spite of the wind
""".replace("\n", "").split("|")
TALK = """
what time does the next train leave|could you please turn the music louder|it is going to be sunny tomorrow afternoon|
i would like a cup of coffee with milk and sugar|she told me that you were moving to another country|
we have not seen each other since last december|please remind me to water the plants this evening|
how many people live in your city|the answer to that question is rather long|let us meet at half past seven|
he has read a lot about ancient history|they often laugh at my brother's jokes|
have you seen where i put my glasses|our team lost the game by twenty points|
a good book is worth more than money|the children are playing in the garden|
last week we climbed the highest mountain|this soup needs a little more salt and pepper|
i think somebody is knocking at the door|there is nothing better than fresh bread and butter
""".replace("\n", "").split("|")


def sentences(draw, count):
    """`count` different sentences without a keyword."""
    made = list(TALK)
    while len(made) < count:
        text = " ".join(draw.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, ENDINGS))
        if text not in made:
            made.append(text)
    for text in made:
        assert not set(text.split()) & set(KEYWORDS), text
    draw.shuffle(made)
    return made
